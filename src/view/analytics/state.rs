//! View state: sorting, searching, paging and expanded rows. It is part of the address, but affects no number
//! and needs no request to the server.

use std::str::FromStr;

use crate::domain::text::string_enum::string_enum;

string_enum!(
    /// The layout of the daily charts.
    ChartLayout, "chart form", {
        /// A separate scale per platform.
        OwnScales = "each",
        /// A shared scale, so that platforms can be compared.
        SharedScale = "same",
        /// One stacked chart.
        Stacked = "stacked",
    }
);

/// The sort column, written `total`, or `-total` for descending order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sort {
    /// `name`, `total`, `day` or a platform's code.
    pub key: String,
    /// Whether the order is descending.
    pub descending: bool,
}

impl Sort {
    /// The sort after a click on a column header: toggles the direction of the current column; other columns
    /// start descending, except name and day.
    pub fn toggled(current: &Sort, key: &str) -> Sort {
        let descending =
            if current.key == key { !current.descending } else { !matches!(key, "name" | "day") };
        Sort { key: key.to_owned(), descending }
    }

    /// The value of `aria-sort` for the sorted column.
    pub const fn aria(&self) -> &'static str {
        if self.descending { "descending" } else { "ascending" }
    }
}

impl std::fmt::Display for Sort {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", if self.descending { "-" } else { "" }, self.key)
    }
}

impl FromStr for Sort {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (key, descending) = text.strip_prefix('-').map_or((text, false), |key| (key, true));
        let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let good = (1..=40).contains(&key.len()) && key.bytes().all(is_word) && !key.starts_with('-');
        if good { Ok(Sort { key: key.to_owned(), descending }) } else { Err(()) }
    }
}

/// Which rows are expanded: a list of keys, or `all` followed by the collapsed ones.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OpenRows {
    /// All rows except `keys`.
    pub all: bool,
    /// Sorted and unique.
    pub keys: Vec<String>,
}

impl OpenRows {
    /// Every row.
    pub fn all_rows() -> Self {
        OpenRows { all: true, keys: Vec::new() }
    }

    /// The form value; "none" instead of an empty one, which would be ignored.
    pub fn param_value(&self) -> String {
        Some(self.to_string()).filter(|text| !text.is_empty()).unwrap_or_else(|| "none".to_owned())
    }

    /// Whether the row of this key is open.
    pub fn is_open(&self, key: &str) -> bool {
        self.keys.iter().any(|open| open == key) != self.all
    }

    /// A copy with one row toggled.
    pub fn toggled(&self, key: &str) -> Self {
        let mut next = self.clone();
        match next.keys.iter().position(|open| open == key) {
            Some(place) => {
                next.keys.remove(place);
            }
            None => next.keys.push(key.to_owned()),
        }
        next.keys.sort_unstable();
        next
    }
}

impl std::fmt::Display for OpenRows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let all = self.all.then_some("all");
        let words: Vec<&str> = all.into_iter().chain(self.keys.iter().map(String::as_str)).collect();
        f.write_str(&words.join(","))
    }
}

impl From<&str> for OpenRows {
    fn from(text: &str) -> Self {
        let words = text.split(',').map(str::trim).filter(|word| !word.is_empty() && *word != "none");
        let mut keys: Vec<String> = words.map(str::to_owned).collect();
        keys.sort_unstable();
        keys.dedup();
        let all = keys.iter().position(|key| key == "all").map(|place| keys.remove(place)).is_some();
        OpenRows { all, keys }
    }
}

/// The page of a long table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TablePage {
    /// A page, from 1.
    Number(u32),
    /// Every row at once.
    All,
}

impl Default for TablePage {
    fn default() -> Self {
        TablePage::Number(1)
    }
}

impl std::fmt::Display for TablePage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            TablePage::Number(number) => write!(f, "{number}"),
            TablePage::All => f.write_str("all"),
        }
    }
}

impl FromStr for TablePage {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "all" => Ok(TablePage::All),
            _ => text.parse().ok().filter(|number| *number > 0).map(TablePage::Number).ok_or(()),
        }
    }
}

/// The view state; default values are not written into the address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ViewState {
    /// The sort order; `None` is the report's order.
    pub sort: Option<Sort>,
    /// The track search.
    pub find: String,
    /// The page of the track table.
    pub page: TablePage,
    /// The expanded rows.
    pub open: OpenRows,
    /// The layout of the charts.
    pub chart: Option<ChartLayout>,
}

impl ViewState {
    /// Sets a parameter by its name in the URL. The last value wins, so that a button can override the hidden
    /// field with the current state. Returns `None` for unknown names and `Some(false)` for invalid values.
    pub fn set(&mut self, name: &str, value: &str) -> Option<bool> {
        fn set<T>(slot: &mut T, value: Option<T>) -> bool {
            value.map(|value| *slot = value).is_some()
        }
        Some(match name {
            "sort" => set(&mut self.sort, value.parse().ok().map(Some)),
            "find" => set(&mut self.find, Some(value.to_owned())),
            "page" => set(&mut self.page, value.parse().ok()),
            "open" => set(&mut self.open, Some(OpenRows::from(value))),
            "chart" => set(&mut self.chart, value.parse().ok().map(Some)),
            _ => return None,
        })
    }

    /// The parameters of a URL, in canonical order.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let or_none = |text: String| Some(text).filter(|text| !text.is_empty());
        let pages = (self.page != TablePage::default()).then(|| self.page.to_string());
        [
            ("sort", self.sort.as_ref().map(Sort::to_string)),
            ("find", or_none(self.find.clone())),
            ("page", pages),
            ("open", or_none(self.open.to_string())),
            ("chart", self.chart.filter(|form| *form != ChartLayout::OwnScales).map(|form| form.to_string())),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_rows_toggle() {
        let open = OpenRows::from("a,b");
        assert!(open.is_open("a") && !open.is_open("c"));
        assert_eq!(open.toggled("c").to_string(), "a,b,c");
        assert_eq!(open.toggled("a").to_string(), "b");
        let all = OpenRows::all_rows();
        assert!(all.is_open("a"));
        let but_a = all.toggled("a");
        assert!(!but_a.is_open("a") && but_a.is_open("b"));
        assert_eq!(but_a.to_string(), "all,a");
        assert_eq!(OpenRows::from("all,a"), but_a);
        assert_eq!(but_a.toggled("a"), all);
        assert_eq!(OpenRows::from(" ,").to_string(), "");
        assert_eq!(OpenRows::from(OpenRows::default().param_value().as_str()), OpenRows::default());
    }

    #[test]
    fn sort_toggles() {
        let by_total = Sort { key: "total".to_owned(), descending: true };
        assert_eq!(Sort::toggled(&by_total, "total").to_string(), "total");
        assert_eq!(Sort::toggled(&by_total, "name").to_string(), "name");
        assert_eq!(Sort::toggled(&by_total, "apple-music").to_string(), "-apple-music");
        assert_eq!("-apple-music".parse(), Ok(Sort { key: "apple-music".to_owned(), descending: true }));
        for text in ["", "-", "--total", "Total", "a b"] {
            assert!(text.parse::<Sort>().is_err(), "{text}");
        }
    }

    #[test]
    fn round_trip() {
        let mut view = ViewState::default();
        assert!(view.pairs().is_empty());
        let pairs =
            [("sort", "-spotify"), ("find", "amor"), ("page", "all"), ("open", "x,y"), ("chart", "same")];
        for (name, value) in pairs {
            assert_eq!(view.set(name, value), Some(true), "{name}");
        }
        assert_eq!(view.pairs(), pairs.map(|(name, value)| (name, value.to_owned())));
        assert_eq!(view.set("page", "0"), Some(false));
        assert_eq!(view.set("month", "2026-09"), None);
    }
}
