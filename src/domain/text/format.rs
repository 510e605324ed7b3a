//! Number formatting, identical on the server and in the browser.

use std::fmt::Write as _;

/// All digits with thousands separators: "15,789,000".
pub fn grouped(number: i128) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3 + 1);
    if number < 0 {
        out.push('-');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Compact form with at most one decimal and a suffix: "15.8M", "526K", "980". Rounded half up; thousands have no
/// decimal, as on the summary cards.
pub fn compact(number: i128) -> String {
    const SCALES: [(i128, &str); 4] =
        [(1_000_000_000_000, "T"), (1_000_000_000, "B"), (1_000_000, "M"), (1_000, "K")];
    let size = number.unsigned_abs() as i128;
    let sign = if number < 0 { "-" } else { "" };
    // Numbers that round up to the next scale use it: 999,950 is "1M", not "1000K".
    let Some((scale, letter)) = SCALES.into_iter().find(|(scale, _)| size >= scale - scale / 2_000) else {
        return format!("{sign}{size}");
    };
    let tenths = (size * 20 + scale) / (2 * scale);
    match (tenths / 10, tenths % 10) {
        (whole, _) if letter == "K" && whole >= 100 => {
            format!("{sign}{}{letter}", (size * 2 + scale) / (2 * scale))
        }
        (whole, 0) => format!("{sign}{whole}{letter}"),
        (whole, tenth) => format!("{sign}{whole}.{tenth}{letter}"),
    }
}

/// `numerator / denominator` with `digits` decimals, rounded half up. Neither may be negative, and the denominator
/// must not be 0.
pub fn decimal(numerator: i128, denominator: i128, digits: u32) -> String {
    let scaled = div_round_half_up(numerator * 10i128.pow(digits), denominator);
    let (mut text, digits) = (String::with_capacity(24), digits as usize);
    // Formatting 64 bits is faster, and nearly all numbers fit.
    let written = match u64::try_from(scaled) {
        Ok(scaled) => write!(text, "{scaled:0>width$}", width = digits + 1),
        Err(_) => write!(text, "{scaled:0>width$}", width = digits + 1),
    };
    debug_assert!(written.is_ok(), "a string takes everything");
    if digits > 0 {
        text.insert(text.len() - digits, '.');
    }
    text
}

/// `numerator / denominator`, rounded half up; the denominator must be positive.
pub fn div_round_half_up(numerator: i128, denominator: i128) -> i128 {
    let (twice, double) = (2 * numerator + denominator, 2 * denominator);
    // A 128-bit division takes ten times as long, and nearly all numbers fit into 64 bits.
    match (u64::try_from(twice), u64::try_from(double)) {
        (Ok(twice), Ok(double)) => (twice / double).into(),
        _ => twice.div_euclid(double),
    }
}

/// Adds thousands separators to the output of [`decimal`]: "416,666.7".
pub fn grouped_decimal(text: &str) -> String {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), grouped);
    if rest.is_empty() { whole } else { format!("{whole}.{rest}") }
}

/// Shares in tenths of a percent that add up to 1,000, by the largest remainder method (S14 in
/// docs/semantics.md); ties go to the earlier part. `None` if the sum is 0.
pub fn shares(parts: &[i128]) -> Option<Vec<i128>> {
    const WHOLE: i128 = 1_000;
    let total: i128 = parts.iter().sum();
    if total <= 0 {
        return None;
    }
    let mut shares: Vec<i128> = parts.iter().map(|part| part * WHOLE / total).collect();
    let mut by_remainder: Vec<usize> = (0..parts.len()).collect();
    by_remainder.sort_by_key(|&index| std::cmp::Reverse(parts[index] * WHOLE % total));
    let left = WHOLE - shares.iter().sum::<i128>();
    for &index in by_remainder.iter().take(left as usize) {
        shares[index] += 1;
    }
    Some(shares)
}

/// "1 track", "12 tracks".
pub fn pluralize(count: usize, noun: &str) -> String {
    let number = grouped(count as i128);
    if count == 1 { format!("{number} {noun}") } else { format!("{number} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn groups_and_compacts() {
        assert_eq!(grouped(15_789_000), "15,789,000");
        assert_eq!(grouped(-1_000), "-1,000");
        assert_eq!(grouped(999), "999");
        let cases = [
            (15_789_000, "15.8M"),
            (12_500_000, "12.5M"),
            (450_000, "450K"),
            (89_000, "89K"),
            (526_300, "526K"),
            (5_000, "5K"),
            (5_432, "5.4K"),
            (0, "0"),
            (999, "999"),
            (999_949, "1M"),
            (999_499, "999K"),
            (999_950_000, "1B"),
            (4_000_000, "4M"),
            (-1_500, "-1.5K"),
        ];
        for (number, text) in cases {
            assert_eq!(compact(number), text, "{number}");
        }
    }

    #[test]
    fn decimals_are_rounded_half_up() {
        assert_eq!(decimal(15_800_000, 30, 1), "526666.7");
        assert_eq!(decimal(1, 20, 1), "0.1");
        assert_eq!(decimal(9_970, 10_000, 4), "0.9970");
        assert_eq!(decimal(7, 2, 0), "4");
        assert_eq!(grouped_decimal("416666.7"), "416,666.7");
    }

    #[test]
    fn ties_go_to_the_earlier_part() {
        assert_eq!(shares(&[1, 1, 1]), Some(vec![334, 333, 333]));
        assert_eq!(shares(&[0, 0]), None);
        assert_eq!(shares(&[0, 5]), Some(vec![0, 1_000]));
    }

    proptest! {
        #[test]
        fn shares_add_up_to_100_percent(parts in proptest::collection::vec(0i128..1_000_000_000_000, 1..12)) {
            if let Some(shares) = shares(&parts) {
                prop_assert_eq!(shares.iter().sum::<i128>(), 1_000);
                let total: i128 = parts.iter().sum();
                for (share, part) in shares.iter().zip(&parts) {
                    prop_assert!((share * total - part * 1_000).abs() < total);
                }
            } else {
                prop_assert_eq!(parts.iter().sum::<i128>(), 0);
            }
        }
    }
}
