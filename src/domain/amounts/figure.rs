//! Figures: numbers with lower and upper bounds. S10 of docs/semantics.md.

use std::iter::Sum;
use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

use crate::domain::text::format::grouped;
use crate::domain::text::string_enum::string_enum;

string_enum!(
    /// The precision of a number, and the sign shown in front of it (S10).
    Precision, "precision", {
        /// Exactly this amount.
        Exact = "exact",
        /// A lower bound: only certain amounts are counted, and there is no upper bound.
        AtLeast = "at-least",
        /// An estimate.
        About = "about",
    }
);

impl Precision {
    /// "", "≥" or "≈".
    pub const fn sign(self) -> &'static str {
        match self {
            Precision::Exact => "",
            Precision::AtLeast => "≥",
            Precision::About => "≈",
        }
    }

    /// The number with its sign in front: "≈ 1,234".
    pub fn with_sign(self, number: String) -> String {
        match self {
            Precision::Exact => number,
            Precision::AtLeast | Precision::About => format!("{} {number}", self.sign()),
        }
    }
}

/// An amount over a range of days, with its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Figure {
    /// The best estimate.
    pub estimate: i128,
    /// The lower bound.
    pub low: i128,
    /// The upper bound; null if there is none.
    pub high: Option<i128>,
    /// Whether every day is covered by whole steps only, so that estimate and bounds are equal.
    pub exact: bool,
}

impl Figure {
    /// A figure whose estimate and bounds are all `amount`.
    pub const fn exactly(amount: i128) -> Self {
        Figure { estimate: amount, low: amount, high: Some(amount), exact: true }
    }

    /// The precision of the estimate (S10).
    pub fn precision(self) -> Precision {
        match self.high {
            _ if self.exact => Precision::Exact,
            None if self.estimate == self.low => Precision::AtLeast,
            _ => Precision::About,
        }
    }

    /// All digits, with the sign of its precision (S10).
    pub fn label(self) -> String {
        self.precision().with_sign(grouped(self.estimate))
    }

    /// The figure multiplied by `factor`.
    pub fn times(self, factor: i128) -> Self {
        Figure {
            estimate: self.estimate * factor,
            low: self.low * factor,
            high: self.high.map(|high| high * factor),
            exact: self.exact,
        }
    }
}

impl AddAssign for Figure {
    fn add_assign(&mut self, other: Self) {
        self.estimate += other.estimate;
        self.low += other.low;
        self.high = self.high.zip(other.high).map(|(a, b)| a + b);
        self.exact &= other.exact;
    }
}

/// Tracks the precision of a sum of amounts without computing the sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SumPrecision {
    is_inexact: bool,
    is_unbounded: bool,
    is_estimated: bool,
}

impl SumPrecision {
    /// Same as [`Figure::precision`] of the sum.
    pub const fn precision(self) -> Precision {
        match self {
            SumPrecision { is_inexact: false, .. } => Precision::Exact,
            SumPrecision { is_unbounded: true, is_estimated: false, .. } => Precision::AtLeast,
            _ => Precision::About,
        }
    }
}

impl From<Amount> for SumPrecision {
    fn from(amount: Amount) -> Self {
        match amount {
            Amount::Absent => SumPrecision::default(),
            Amount::Unknown => SumPrecision { is_inexact: true, is_unbounded: true, is_estimated: false },
            Amount::Known(figure) => SumPrecision {
                is_inexact: !figure.exact,
                is_unbounded: figure.high.is_none(),
                is_estimated: figure.estimate != figure.low,
            },
        }
    }
}

impl AddAssign for SumPrecision {
    fn add_assign(&mut self, other: Self) {
        self.is_inexact |= other.is_inexact;
        self.is_unbounded |= other.is_unbounded;
        self.is_estimated |= other.is_estimated;
    }
}

/// A figure, or the reason why there is none. In a sum, an unknown amount removes the upper bound and an
/// absent one changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Amount {
    /// Does not exist: neutral in sums (S13).
    #[default]
    Absent,
    /// Exists, but no day is covered: shown as "–", never as 0 (S10).
    Unknown,
    /// At least one day is covered.
    Known(Figure),
}

string_enum!(
    /// Whether there is a figure, or why there is none.
    State, "state", {
        /// At least one day is covered.
        Known = "known",
        /// No day is covered.
        Unknown = "unknown",
        /// Does not exist there.
        Absent = "absent",
    }
);

impl Amount {
    /// The figure, if anything is known.
    pub const fn figure(self) -> Option<Figure> {
        match self {
            Amount::Known(figure) => Some(figure),
            Amount::Absent | Amount::Unknown => None,
        }
    }

    /// The state shown in reports.
    pub const fn state(self) -> State {
        match self {
            Amount::Absent => State::Absent,
            Amount::Unknown => State::Unknown,
            Amount::Known(_) => State::Known,
        }
    }

    /// The amount multiplied by `factor`; absent if `factor` is 0.
    pub fn times(self, factor: i128) -> Self {
        match self {
            _ if factor == 0 => Amount::Absent,
            Amount::Known(figure) => Amount::Known(figure.times(factor)),
            other => other,
        }
    }
}

impl AddAssign for Amount {
    fn add_assign(&mut self, other: Self) {
        let without_bound = |figure: Figure| Amount::Known(Figure { high: None, exact: false, ..figure });
        *self = match (*self, other) {
            (Amount::Absent, amount) | (amount, Amount::Absent) => amount,
            (Amount::Unknown, Amount::Unknown) => Amount::Unknown,
            (Amount::Known(figure), Amount::Unknown) | (Amount::Unknown, Amount::Known(figure)) => {
                without_bound(figure)
            }
            (Amount::Known(mut sum), Amount::Known(figure)) => {
                sum += figure;
                Amount::Known(sum)
            }
        };
    }
}

impl Sum for Amount {
    fn sum<I: Iterator<Item = Amount>>(amounts: I) -> Amount {
        amounts.fold(Amount::Absent, |mut sum, amount| {
            sum += amount;
            sum
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(estimate: i128, low: i128, high: Option<i128>) -> Amount {
        Amount::Known(Figure { estimate, low, high, exact: false })
    }

    #[test]
    fn the_doubt_of_parts_is_that_of_their_sum() {
        let amounts = [
            Amount::Absent,
            Amount::Unknown,
            Amount::Known(Figure::exactly(4)),
            known(5, 3, Some(9)),
            known(3, 3, None),
            known(5, 3, None),
            known(3, 3, Some(3)),
        ];
        for a in amounts {
            for b in amounts {
                for c in amounts {
                    let sum: Amount = [a, b, c].into_iter().sum();
                    let mut doubt = SumPrecision::default();
                    [a, b, c].into_iter().for_each(|amount| doubt += amount.into());
                    match sum {
                        Amount::Known(figure) => {
                            assert_eq!(doubt.precision(), figure.precision(), "{a:?} {b:?} {c:?}")
                        }
                        Amount::Unknown => assert_eq!(doubt.precision(), Precision::AtLeast),
                        Amount::Absent => assert_eq!(doubt.precision(), Precision::Exact),
                    }
                }
            }
        }
    }

    #[test]
    fn unknown_takes_the_bound_and_absent_changes_nothing() {
        let sum: Amount = [known(5, 3, Some(9)), Amount::Absent, known(1, 1, Some(1))].into_iter().sum();
        assert_eq!(sum, known(6, 4, Some(10)));
        let sum: Amount = [Amount::Unknown, Amount::Known(Figure::exactly(4))].into_iter().sum();
        assert_eq!(sum, known(4, 4, None));
        assert_eq!(
            [Amount::Unknown, Amount::Absent, Amount::Unknown].into_iter().sum::<Amount>(),
            Amount::Unknown
        );
        assert_eq!(std::iter::empty().sum::<Amount>(), Amount::Absent);
        assert_eq!([known(1, 1, None), known(1, 1, Some(1))].into_iter().sum::<Amount>(), known(2, 2, None));
    }

    #[test]
    fn what_is_not_exact_is_led_by_a_sign() {
        let label = |estimate, low, high, exact| Figure { estimate, low, high, exact }.label();
        assert_eq!(label(1_200, 1_200, Some(1_200), true), "1,200");
        assert_eq!(label(1_200, 1_200, None, false), "≥ 1,200");
        assert_eq!(label(1_200, 1_100, None, false), "≈ 1,200");
        assert_eq!(label(1_200, 1_200, Some(1_300), false), "≈ 1,200");
        assert_eq!(label(0, 0, None, false), "≥ 0");
    }

    #[test]
    fn exact_stays_exact_only_with_exact() {
        let sum: Amount =
            [Amount::Known(Figure::exactly(4)), Amount::Known(Figure::exactly(5))].into_iter().sum();
        assert_eq!(sum, Amount::Known(Figure::exactly(9)));
        assert_eq!(Amount::Known(Figure::exactly(4)).times(0), Amount::Absent);
    }
}
