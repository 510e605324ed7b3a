//! Formats figures: S10 of docs/semantics.md. Inexact figures are marked and have bounds; unknown ones are
//! never shown as zero.

pub mod growth;

use crate::domain::Figure;
use crate::domain::amounts::figure::Precision;
use crate::domain::report::{DayCell, PeakRow, UnitTotal};
use crate::domain::text::format::{compact, grouped, grouped_decimal};

/// Shown instead of an unknown number.
pub const UNKNOWN: &str = "–";

/// A formatted figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureText {
    /// "1,234", "≈ 1,234", "≥ 1,234", or [`UNKNOWN`].
    pub text: String,
    /// The bounds, if inexact: "at least 280, at most 310".
    pub bounds: Option<String>,
}

/// The figure with all digits.
pub fn exact_text(figure: Option<Figure>) -> FigureText {
    let Some(figure) = figure else { return FigureText { text: UNKNOWN.to_owned(), bounds: None } };
    let low = grouped(figure.low);
    let bounds = (!figure.exact).then(|| match figure.high {
        Some(high) => format!("at least {low}, at most {}", grouped(high)),
        None => format!("at least {low}, no upper bound known"),
    });
    FigureText { text: figure.label(), bounds }
}

/// The figure in compact form: "15.8M", "≈ 15.8M".
pub fn compact_text(figure: Option<Figure>) -> String {
    let text = |figure: Figure| figure.precision().with_sign(compact(figure.estimate));
    figure.map_or_else(|| UNKNOWN.to_owned(), text)
}

/// An amount in compact form, marked with "≈" if estimated.
pub fn compact_about(amount: i128, is_exact: bool) -> String {
    let precision = if is_exact { Precision::Exact } else { Precision::About };
    precision.with_sign(compact(amount))
}

/// The precision of a value derived from a figure.
fn precision(total: Option<Figure>) -> Precision {
    total.map_or(Precision::About, Figure::precision)
}

/// Formats an average of the report ("526666.7"), marked like the figure it is derived from.
pub fn average_text(average: Option<&str>, total: Option<Figure>) -> String {
    let text = |average| precision(total).with_sign(grouped_decimal(average));
    average.map_or_else(|| UNKNOWN.to_owned(), text)
}

/// A peak with its sign: "≈ 4,649,334".
pub fn peak_text(peak: PeakRow, precision: Precision) -> String {
    precision.with_sign(grouped(peak.value))
}

/// An average in compact form: "527K".
pub fn compact_average(average: Option<&str>, total: Option<Figure>) -> String {
    let whole = average.and_then(|average| {
        let (whole, tenth) = average.split_once('.').unwrap_or((average, "0"));
        let up = i128::from(tenth.as_bytes().first().is_some_and(|digit| *digit >= b'5'));
        Some(whole.parse::<i128>().ok()? + up)
    });
    whole.map_or_else(|| UNKNOWN.to_owned(), |whole| precision(total).with_sign(compact(whole)))
}

/// A share of 1 with four digits ("0.9970") as percent: "99.70 %".
pub fn percent(share: Option<&str>) -> String {
    let percent = share.and_then(|share| {
        let (whole, digits) = share.split_once('.')?;
        let (hundred, rest) = digits.split_at_checked(2)?;
        let value: u32 = format!("{whole}{hundred}").parse().ok()?;
        Some(if rest.is_empty() { format!("{value} %") } else { format!("{value}.{rest} %") })
    });
    percent.unwrap_or_else(|| UNKNOWN.to_owned())
}

/// The units included in a total: "streams + views + Shazams".
pub fn units(units: &[UnitTotal]) -> String {
    let known = units.iter().filter(|unit| unit.total.is_some());
    known.map(|unit| unit.unit.as_str()).collect::<Vec<_>>().join(" + ")
}

/// The amount of one platform on one day, or [`UNKNOWN`] if no series covers it (S16).
pub fn day_text(cell: &DayCell) -> String {
    if cell.covered == 0 {
        return UNKNOWN.to_owned();
    }
    cell.precision().with_sign(grouped(cell.value + cell.spread))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(estimate: i128, low: i128, high: Option<i128>, exact: bool) -> Option<Figure> {
        Some(Figure { estimate, low, high, exact })
    }

    #[test]
    fn what_is_not_exact_says_so() {
        let text = |figure| {
            let FigureText { text, bounds } = exact_text(figure);
            (text, bounds.unwrap_or_default())
        };
        assert_eq!(text(Some(Figure::exactly(15_789_000))), ("15,789,000".into(), String::new()));
        assert_eq!(
            text(figure(300, 280, Some(310), false)),
            ("≈ 300".into(), "at least 280, at most 310".into())
        );
        assert_eq!(
            text(figure(290, 290, None, false)),
            ("≥ 290".into(), "at least 290, no upper bound known".into())
        );
        assert_eq!(text(None), ("–".into(), String::new()));
        assert_eq!(compact_text(figure(15_789_000, 0, None, false)), "≈ 15.8M");
    }

    #[test]
    fn decimals() {
        let total = Some(Figure::exactly(15_800_000));
        assert_eq!(average_text(Some("526666.7"), total), "526,666.7");
        assert_eq!(compact_average(Some("526666.7"), total), "527K");
        assert_eq!(compact_average(Some("0.5"), total), "1");
        assert_eq!(average_text(None, None), "–");
        for (share, text) in
            [("0.9970", "99.70 %"), ("1.0000", "100.00 %"), ("0.0500", "5.00 %"), ("0.0000", "0.00 %")]
        {
            assert_eq!(percent(Some(share)), text);
        }
        assert_eq!(percent(None), "–");
    }

    #[test]
    fn a_day_without_series_is_no_zero() {
        let cell = |value, spread, covered, missing| {
            day_text(&DayCell {
                platform: "spotify".to_owned(),
                value,
                spread,
                covered,
                missing,
                corrected: 0,
            })
        };
        assert_eq!(cell(0, 0, 0, 2), "–");
        assert_eq!(cell(0, 0, 1, 0), "0");
        assert_eq!(cell(1_200, 0, 2, 0), "1,200");
        assert_eq!(cell(1_200, 5, 2, 0), "≈ 1,205");
        assert_eq!(cell(1_200, 0, 2, 1), "≥ 1,200");
        assert_eq!(cell(1_200, 5, 2, 1), "≈ 1,205");
    }
}
