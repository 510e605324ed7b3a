//! A comparison with another period in words (S21 of docs/semantics.md): sign, arrow and words, never a
//! colour alone.

use super::figures::{compact_text, marked};
use crate::domain::Figure;
use crate::domain::format::counted;
use crate::domain::range::range_label;
use crate::domain::report::{Change, Growth, Report};

/// "+9.4 %", "−3.1 %", "≈ +9.4 %" of figures that are not exact, "new" or "n/a".
fn percent_text(change: Change, percent: Option<&str>, figures: [Option<Figure>; 2]) -> String {
    let (Change::Percent, Some(percent)) = (change, percent) else { return change.as_str().to_owned() };
    let text = match percent.strip_prefix('-') {
        Some(fall) => format!("−{fall} %"),
        None if percent == "0.0" => "±0.0 %".to_owned(),
        None => format!("+{percent} %"),
    };
    marked(text, figures.iter().flatten().all(|figure| figure.exact))
}

/// The change of everything.
pub fn total_text(growth: &Growth) -> String {
    percent_text(growth.change, growth.percent.as_deref(), [growth.before, growth.after])
}

/// The change of a platform; `None` where nothing is compared.
pub fn platform_text(report: &Report, platform: &str) -> Option<String> {
    let growth = report.growth.as_ref()?;
    let row = growth.platforms.iter().find(|row| row.platform == platform)?;
    Some(percent_text(row.change, row.percent.as_deref(), [row.before, row.after]))
}

/// The other period: "September 2026".
pub fn other_period(growth: &Growth) -> String {
    range_label(growth.from, growth.to)
}

/// The whole change in a sentence: "▲ +9.4 %, up from September 2026: 13.9M → 15.2M, on 11 of 12 tracks".
pub fn sentence(report: &Report) -> Option<String> {
    let growth = report.growth.as_ref()?;
    let (before, after) = (compact_text(growth.before), compact_text(growth.after));
    let other = other_period(growth);
    let tracks = format!("on {} of {}", growth.tracks, counted(growth.tracks_of as usize, "track"));
    let numbers = format!("{before} → {after}, {tracks}");
    let text = total_text(growth);
    let what = match (growth.change, growth.percent.as_deref()) {
        (Change::Percent, Some("0.0")) => format!("= {text}, as in {other}: {numbers}"),
        (Change::Percent, Some(percent)) if percent.starts_with('-') => {
            format!("▼ {text}, down from {other}: {numbers}")
        }
        (Change::Percent, _) => format!("▲ {text}, up from {other}: {numbers}"),
        (Change::New, _) => format!("New: nothing in {other}, {after} now, {tracks}"),
        (Change::None, _) => format!("n/a: no track is known in {other} and now"),
    };
    let average =
        if growth.is_per_day && growth.change == Change::Percent { "; by averages a day" } else { "" };
    let progress = if growth.until < report.query.to {
        format!("; {} of each", counted((growth.until - report.query.from + 1) as usize, "day"))
    } else {
        String::new()
    };
    Some(format!("{what}{average}{progress}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::view::tables::tests::report;

    fn said(change: Change, percent: Option<&str>) -> String {
        let mut report = report();
        let growth = report.growth.as_mut().unwrap();
        (growth.change, growth.percent) = (change, percent.map(str::to_owned));
        sentence(&report).unwrap()
    }

    #[test]
    fn sign_arrow_and_words() {
        assert_eq!(
            said(Change::Percent, Some("9.4")),
            "▲ ≈ +9.4 %, up from August 2026: 3K → ≈ 4K, on 1 of 2 tracks; by averages a day"
        );
        assert!(said(Change::Percent, Some("-3.1")).starts_with("▼ ≈ −3.1 %, down from August 2026"));
        assert!(said(Change::Percent, Some("0.0")).starts_with("= ≈ ±0.0 %, as in August 2026"));
        assert_eq!(said(Change::New, None), "New: nothing in August 2026, ≈ 4K now, on 1 of 2 tracks");
        assert_eq!(said(Change::None, None), "n/a: no track is known in August 2026 and now");
    }
}
