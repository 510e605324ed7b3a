//! Cell references in formulas.

use rust_xlsxwriter::utility::{cell_range, cell_range_absolute, quote_sheet_name, row_col_to_cell};

/// "=SUM(H5:H9)" over a column of the same sheet.
pub fn sum(column: u16, first: u32, last: u32) -> String {
    format!("=SUM({})", cell_range(first, column, last, column))
}

/// "'Tracks by platform'!$H$5:$H$9", a column of another sheet.
pub fn column_of(sheet: &str, column: u16, first: u32, last: u32) -> String {
    let range = cell_range_absolute(first, column, last, column);
    format!("{}!{range}", quote_sheet_name(sheet))
}

/// "Platforms!E9", a cell of another sheet.
pub fn cell_of(sheet: &str, row: u32, column: u16) -> String {
    format!("{}!{}", quote_sheet_name(sheet), row_col_to_cell(row, column))
}

/// The sum of the values whose label equals a cell exactly. SUMIFS ignores case and interprets ">0" and "v*" as
/// conditions.
pub fn sum_where(values: &str, words: &str, word: &str) -> String {
    format!("=SUMPRODUCT(--EXACT({words},{word}),{values})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references() {
        assert_eq!(sum(7, 4, 8), "=SUM(H5:H9)");
        assert_eq!(column_of("Tracks by platform", 7, 4, 8), "'Tracks by platform'!$H$5:$H$9");
        assert_eq!(cell_of("Platforms", 8, 4), "Platforms!E9");
    }
}
