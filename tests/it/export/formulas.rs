//! Evaluates the workbook's formulas and compares the results with their stored values, which are the
//! report's numbers.

use super::book::{Book, FIRST, Sheet};
use super::support;

#[test]
fn golden_formulas_make_what_is_stored() {
    for report in support::golden() {
        assert!(every_formula(&Book::export(&report)) > 10 || report.summary.total.is_none());
    }
}

#[tokio::test]
async fn formulas_of_the_demo_make_what_is_stored() {
    let report = support::demo().await;
    assert!(every_formula(&Book::export(&report)) > 100);
}

fn every_formula(book: &Book) -> usize {
    let mut count = 0;
    for sheet in book.sheets() {
        for (row, column, formula) in sheet.formulas() {
            let stored = sheet.number(row, column).unwrap_or_else(|| panic!("{formula} has no result"));
            assert!(
                !formula.contains("SUMIF"),
                "{formula}: takes \">0\" for a rule and \"views\" for \"Views\""
            );
            let made = evaluate(book, sheet, formula);
            let context = format!("{} {row}:{column} {formula}: {made} for {stored}", sheet.name);
            assert!((made - stored).abs() < 1e-9, "{context}");
            if sheet.text(row, 0) == "TOTAL" && formula.starts_with("SUM(") && sheet.name != "Artists" {
                let letters = letters(column);
                let (first, last) = (format!("{letters}{}", FIRST + 1), format!("{letters}{row}"));
                let rows = if first == last { first } else { format!("{first}:{last}") };
                assert_eq!(formula, format!("SUM({rows})"), "{context}: over all rows above it");
            }
            count += 1;
        }
    }
    count
}

fn evaluate(book: &Book, sheet: &Sheet, formula: &str) -> f64 {
    let arguments = |name: &str| {
        let (inside, rest) = formula.strip_prefix(name)?.strip_prefix('(')?.split_once(')')?;
        Some((inside.split(',').collect::<Vec<_>>(), rest))
    };
    let sum = |range: &str| {
        values(book, sheet, range).into_iter().flat_map(|(s, r, c)| s.number(r, c)).sum::<f64>()
    };
    let matching = |range: &str, text: &str| {
        values(book, sheet, range).into_iter().map(|(s, r, c)| s.text(r, c) == text).collect::<Vec<_>>()
    };
    if let Some((of, rest)) = arguments("SUM") {
        return sum(of[0]) - rest.strip_prefix('-').map_or(0.0, sum);
    }
    if let Some(inside) = formula.strip_prefix("SUMPRODUCT(--EXACT(") {
        let (words, rest) = inside.split_once(',').unwrap();
        let (word, summed) = rest.strip_suffix(')').unwrap().split_once("),").unwrap();
        let (key_sheet, row, column) = values(book, sheet, word)[0];
        let chosen = matching(words, &key_sheet.text(row, column));
        let summed = values(book, sheet, summed).into_iter().zip(chosen).filter(|(_, is_chosen)| *is_chosen);
        return summed.filter_map(|((s, r, c), _)| s.number(r, c)).sum();
    }
    if let Some((of, _)) = arguments("COUNTIF") {
        return matching(of[0], of[1].trim_matches('"')).into_iter().filter(|is_so| *is_so).count() as f64;
    }
    let rounded = |quotient: f64| (quotient * 1_000.0).round() / 1_000.0;
    if let Some(inside) = formula.strip_prefix("ROUND((") {
        let (difference, rest) = inside.split_once(")/").unwrap();
        let (after, before) = difference.split_once('-').unwrap();
        let whole = rest.strip_suffix(",3)").unwrap();
        return rounded((sum(after) - sum(before)) / sum(whole));
    }
    if let Some((of, _)) = arguments("ROUND") {
        let (part, whole) = of[0].split_once('/').unwrap();
        return rounded(sum(part) / sum(whole));
    }
    match (formula.split_once('+'), formula.split_once('-')) {
        (Some((a, b)), _) => sum(a) + sum(b),
        (_, Some((a, b))) => sum(a) - sum(b),
        _ => sum(formula),
    }
}

/// The cells of a reference.
fn values<'a>(book: &'a Book, own: &'a Sheet, reference: &str) -> Vec<(&'a Sheet, u32, u32)> {
    let (sheet, range) = match reference.rsplit_once('!') {
        Some((name, range)) => (book.sheet(name.trim_matches('\'')), range),
        None => (own, reference),
    };
    let range = range.replace('$', "");
    let (first, last) = range.split_once(':').unwrap_or((&range, &range));
    let ((top, left), (bottom, right)) = (place(first), place(last));
    (top..=bottom).flat_map(|row| (left..=right).map(move |column| (sheet, row, column))).collect()
}

fn place(name: &str) -> (u32, u32) {
    let digits = name.find(|c: char| c.is_ascii_digit()).unwrap();
    let column = name[..digits].bytes().fold(0, |sum, letter| sum * 26 + u32::from(letter - b'A') + 1);
    (name[digits..].parse::<u32>().unwrap() - 1, column - 1)
}

fn letters(column: u32) -> String {
    let last = char::from(b'A' + (column % 26) as u8).to_string();
    if column < 26 { last } else { letters(column / 26 - 1) + &last }
}
