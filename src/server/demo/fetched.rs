//! Which parts of the provider's catalogue count as fetched in the demo database: nearly everything. The rest
//! is *never fetched*, which reports distinguish from *not available* (S17 of docs/semantics.md).

use super::discography::Song;
use super::platforms::PLATFORMS;
use super::roster::RECOGNISED;
use crate::domain::{Day, Month};

/// The fetched windows of a song on a platform, within a range.
fn windows(song: &Song, platform: &str, from: Day, to: Day) -> Vec<(Day, Day)> {
    if is_never_fetched(song, platform) {
        return Vec::new();
    }
    let to =
        if is_not_fetched_lately(song) { Month::containing(to).saturating_add(-1).first() - 1 } else { to };
    let mut windows = vec![(from, to)];
    if has_bridged_windows(song, platform) {
        for year in from.year()..=to.year() {
            windows = without(&windows, Day::from_ymd(year, 3, 5), Day::from_ymd(year, 3, 19));
        }
    }
    windows
}

/// All windows of a song, by platform.
pub fn windows_of(song: &Song, from: Day, to: Day) -> impl Iterator<Item = (&'static str, Day, Day)> {
    PLATFORMS.iter().flat_map(move |platform| {
        windows(song, platform.code, from, to).into_iter().map(|(from, to)| (platform.code, from, to))
    })
}

/// Pairs never fetched: the songs of the artist without UUID, who cannot be synced (S20), and one artist's songs on
/// SoundCloud (S17).
fn is_never_fetched(song: &Song, platform: &str) -> bool {
    song.artist().slug == RECOGNISED || (song.artist().slug == "nebbia-ottanio" && platform == "soundcloud")
}

/// Artists not fetched since the beginning of last month: a report on last month offers a sync (S17).
fn is_not_fetched_lately(song: &Song) -> bool {
    ["motel-zanzara", "paper-lighthouse-club", "futago-no-sunadokei"].contains(&song.artist().slug)
}

/// Pairs with a gap between fetched windows every March: a step bridges it, and the window is still reported (S17).
fn has_bridged_windows(song: &Song, platform: &str) -> bool {
    song.artist().slug == "marmalade-dynamo" && platform == "youtube"
}

/// Removes a range of days from windows.
fn without(windows: &[(Day, Day)], first: Option<Day>, last: Option<Day>) -> Vec<(Day, Day)> {
    let (Some(first), Some(last)) = (first, last) else { return windows.to_vec() };
    let parts = windows.iter().flat_map(|&(from, to)| [(from, to.min(first - 1)), (from.max(last + 1), to)]);
    parts.filter(|(from, to)| from <= to).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_cut() {
        let day = |number: i64| Day::from_number(20_000 + number).unwrap();
        let whole = [(day(0), day(100))];
        assert_eq!(without(&whole, Some(day(10)), Some(day(20))), [(day(0), day(9)), (day(21), day(100))]);
        assert_eq!(without(&whole, Some(day(-10)), Some(day(20))), [(day(21), day(100))]);
        assert_eq!(without(&whole, Some(day(90)), Some(day(120))), [(day(0), day(89))]);
        assert_eq!(without(&whole, Some(day(190)), Some(day(220))), whole);
    }
}
