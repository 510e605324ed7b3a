//! Sorting, searching and paging of the track table. Unknown values are last in both directions.

use crate::domain::Figure;
use crate::domain::report::{CellRow, DayRow, PlatformRow, Report, TrackRow};
use crate::domain::text::format::{grouped, pluralize};
use crate::view::analytics::state::{Sort, TablePage, ViewState};

/// Maximum number of rows per page.
pub const PAGE_ROWS: usize = 200;

/// A page of the track table.
#[derive(Debug, PartialEq)]
pub struct TrackPage<'a> {
    /// The rows to show.
    pub rows: Vec<&'a TrackRow>,
    /// The number of tracks found by the search.
    pub found: usize,
    /// The page number, from 1; 0 if all rows are shown.
    pub number: u32,
    /// The number of pages.
    pub pages: u32,
}

/// The sort order of tracks; largest total first by default.
pub fn track_sort(view: &ViewState) -> Sort {
    view.sort.clone().unwrap_or_else(|| Sort { key: "total".to_owned(), descending: true })
}

/// Sorts, searches and pages the tracks of a report.
pub fn track_page<'a>(tracks: &'a [TrackRow], view: &ViewState) -> TrackPage<'a> {
    let sort = track_sort(view);
    let mut rows = filter_and_sort(tracks, view, &sort, &|track| match sort.key.as_str() {
        "total" => track.total,
        code => cell(track, code)?.total,
    });
    let found = rows.len();
    let pages = u32::try_from(found.div_ceil(PAGE_ROWS).max(1)).unwrap_or(u32::MAX);
    let number = match view.page {
        TablePage::All => 0,
        TablePage::Number(number) => number.min(pages),
    };
    if number > 0 {
        rows.drain(..(number as usize - 1) * PAGE_ROWS);
        rows.truncate(PAGE_ROWS);
    }
    TrackPage { rows, found, number, pages }
}

/// The track's figures on one platform, if present.
pub fn cell<'a>(track: &'a TrackRow, platform: &str) -> Option<&'a CellRow> {
    track.platforms.iter().find(|cell| cell.platform == platform)
}

/// The tracks on one platform, searched like the track table, sorted by name or by their total on the
/// platform.
pub fn tracks_of_platform<'a>(
    tracks: &'a [TrackRow],
    platform: &PlatformRow,
    view: &ViewState,
) -> Vec<(&'a TrackRow, &'a CellRow)> {
    let code = platform.platform.as_str();
    let rows = filter_and_sort(tracks, view, &track_sort(view), &|track| cell(track, code)?.total);
    rows.into_iter().filter_map(|track| Some((track, cell(track, code)?))).collect()
}

/// Filters tracks by the search and sorts them by name or by an amount.
fn filter_and_sort<'a>(
    tracks: &'a [TrackRow],
    view: &ViewState,
    sort: &Sort,
    amount: &dyn Fn(&TrackRow) -> Option<Figure>,
) -> Vec<&'a TrackRow> {
    let by_name = sort.key == "name";
    let key = |track: &'a TrackRow| {
        let name = if by_name { track.name.to_lowercase() } else { String::new() };
        let amount = amount(track).filter(|_| !by_name).map(|figure| figure.estimate);
        (track, amount, name)
    };
    let mut rows: Vec<_> = tracks.iter().filter(|track| matches(track, &view.find)).map(key).collect();
    rows.sort_by(|(_, a, a_name), (_, b, b_name)| {
        let order = a.cmp(b).then_with(|| a_name.cmp(b_name));
        let order = if sort.descending { order.reverse() } else { order };
        b.is_some().cmp(&a.is_some()).then(order)
    });
    rows.into_iter().map(|(track, _, _)| track).collect()
}

/// The tracks of several of the selected artists.
pub fn shared_tracks(report: &Report) -> Vec<&TrackRow> {
    report.tracks.iter().filter(|track| report.shared.tracks.contains(&track.uuid)).collect()
}

impl TrackPage<'_> {
    /// "3 of 12 tracks".
    pub fn found_text(&self, of: usize) -> String {
        if self.found == of {
            pluralize(of, "track")
        } else {
            format!("{} of {}", self.found, pluralize(of, "track"))
        }
    }

    /// A note for printouts, which have no pager: "Tracks 1 to 200 of 10,000."
    pub fn print_note(&self, of: usize) -> Option<String> {
        let mut said = Vec::new();
        if self.rows.len() < self.found {
            let first = (self.number as usize).saturating_sub(1) * PAGE_ROWS + 1;
            let last = first + self.rows.len() - 1;
            let found = grouped(self.found as i128);
            said.push(format!("Tracks {} to {} of {found}.", grouped(first as i128), grouped(last as i128)));
        }
        if self.found < of {
            said.push(format!("Only tracks that the search finds: {}.", self.found_text(of)));
        }
        (!said.is_empty()).then(|| said.join(" "))
    }

    /// "Page 2 of 3".
    pub fn position_text(&self) -> String {
        if self.number == 0 {
            "All pages".to_owned()
        } else {
            format!("Page {} of {}", self.number, self.pages)
        }
    }

    /// Links to other pages; empty for a single page.
    pub fn links(&self) -> Vec<(String, TablePage)> {
        let number = self.number;
        let links = [
            (number > 1).then(|| ("Previous page".to_owned(), TablePage::Number(number - 1))),
            (number > 0 && number < self.pages)
                .then(|| ("Next page".to_owned(), TablePage::Number(number + 1))),
            (number > 0).then(|| (format!("Show all {}", pluralize(self.found, "track")), TablePage::All)),
            (number == 0).then(|| (format!("Show {PAGE_ROWS} at a time"), TablePage::default())),
        ];
        links.into_iter().flatten().filter(|_| self.pages > 1).collect()
    }
}

/// The sort order of days; earliest first by default.
pub fn day_sort(view: &ViewState) -> Sort {
    let by_day = view.sort.clone().filter(|sort| sort.key == "day");
    by_day.unwrap_or_else(|| Sort { key: "day".to_owned(), descending: false })
}

/// The days in that order.
pub fn sorted_days<'a>(days: &'a [DayRow], sort: &Sort) -> Vec<&'a DayRow> {
    let mut rows: Vec<&DayRow> = days.iter().collect();
    if sort.descending {
        rows.reverse();
    }
    rows
}

/// Whether every word of the search occurs in the name or the credit, ignoring case.
fn matches(track: &TrackRow, find: &str) -> bool {
    if find.trim().is_empty() {
        return true;
    }
    let text = format!("{} {}", track.name, track.credit).to_lowercase();
    find.to_lowercase().split_whitespace().all(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::State;

    fn track(name: &str, total: Option<i128>, spotify: Option<i128>) -> TrackRow {
        let figure = |amount: Option<i128>| amount.map(Figure::exactly);
        TrackRow {
            uuid: uuid::Uuid::nil(),
            name: name.to_owned(),
            credit: "Achille Lauro".to_owned(),
            artists: Vec::new(),
            image_url: None,
            state: State::Known,
            total: figure(total),
            platforms: vec![CellRow {
                platform: "spotify".to_owned(),
                state: State::Known,
                total: figure(spotify),
                average_daily: None,
                peak: None,
                days_tracked: 0,
                flags: Vec::new(),
            }],
            trend: Vec::new(),
        }
    }

    fn names(tracks: &[TrackRow], sort: &str, find: &str) -> Vec<String> {
        let mut view = ViewState::default();
        view.set("sort", sort);
        view.set("find", find);
        track_page(tracks, &view).rows.iter().map(|row| row.name.clone()).collect()
    }

    #[test]
    fn unknown_last_in_both_directions() {
        let tracks = [
            track("b", Some(5), Some(1)),
            track("A", None, None),
            track("c", Some(9), None),
            track("D", Some(7), Some(4)),
        ];
        assert_eq!(names(&tracks, "", ""), ["c", "D", "b", "A"]);
        assert_eq!(names(&tracks, "total", ""), ["b", "D", "c", "A"]);
        assert_eq!(names(&tracks, "-spotify", ""), ["D", "b", "A", "c"]);
        assert_eq!(names(&tracks, "spotify", ""), ["b", "D", "A", "c"]);
        assert_eq!(names(&tracks, "name", ""), ["A", "b", "c", "D"]);
        assert_eq!(names(&tracks, "-name", ""), ["D", "c", "b", "A"]);
        assert_eq!(names(&tracks, "", "lauro d"), ["D"]);
        assert_eq!(names(&tracks, "", "nothing"), [""; 0]);
    }

    #[test]
    fn pages_of_200_rows() {
        let tracks: Vec<TrackRow> = (0..450).map(|n| track(&n.to_string(), Some(n), None)).collect();
        let page = |page: &str| {
            let mut view = ViewState::default();
            view.set("page", page);
            let page = track_page(&tracks, &view);
            (page.rows.len(), page.number, page.pages)
        };
        assert_eq!(page("1"), (200, 1, 3));
        assert_eq!(page("3"), (50, 3, 3));
        assert_eq!(page("9"), (50, 3, 3));
        assert_eq!(page("all"), (450, 0, 3));
    }
}
