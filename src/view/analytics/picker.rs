//! State machine of the artist picker, a combobox that adds chips. The component forwards events and renders
//! the state. Behavior and keys follow the WAI-ARIA authoring practices.

use std::sync::Arc;

use uuid::Uuid;

use super::address::Address;
use super::pasted_list::{ResolvedArtists, entries, is_list};
use crate::domain::query::listing::ArtistItem;
use crate::domain::text::format::pluralize;

/// A chosen artist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chip {
    /// The form value.
    pub id: String,
    /// The name.
    pub name: String,
    /// The picture's URL on this server, if there is one.
    pub image: Option<String>,
    /// Why the artist cannot be included, if so.
    pub note: Option<String>,
}

impl Chip {
    fn from_artist(artist: &ArtistItem) -> Self {
        Chip {
            id: artist.id.to_string(),
            name: artist.name.clone(),
            image: artist_image(artist),
            note: artist.reason.clone().filter(|_| !artist.selectable),
        }
    }
}

/// The URL of an artist's or track's picture on this server; pages load nothing from other hosts. `of` is
/// "artist" or "track".
pub fn image_href(of: &str, uuid: Option<Uuid>, url: Option<&str>) -> Option<String> {
    let url = url?;
    if url.starts_with('/') && !url.starts_with("//") {
        return Some(url.to_owned());
    }
    uuid.map(|uuid| format!("/pictures/{of}/{uuid}"))
}

/// The picture of an artist.
pub fn artist_image(artist: &ArtistItem) -> Option<String> {
    image_href("artist", artist.uuid, artist.image_url.as_deref())
}

/// Details of an artist in a list: "IT · 12 tracks".
pub fn artist_summary(artist: &ArtistItem) -> String {
    let tracks = pluralize(artist.tracks as usize, "track");
    artist.country.as_ref().map_or_else(|| tracks.clone(), |country| format!("{country} · {tracks}"))
}

/// The chips for the artists of the address, in order. Unknown artists get a chip too, so that they can be
/// removed.
pub fn chips(address: &Address, known: &[ArtistItem]) -> Vec<Chip> {
    let mut chips: Vec<Chip> = Vec::new();
    for id in &address.parameters.artists {
        if chips.iter().any(|chip| chip.id == *id) {
            continue;
        }
        let artist = known.iter().find(|artist| artist.id.to_string() == *id);
        chips.push(artist.map_or_else(
            || Chip {
                id: id.clone(),
                name: id.clone(),
                image: None,
                note: Some("not known here".to_owned()),
            },
            Chip::from_artist,
        ));
    }
    chips
}

/// The keys that the picker handles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PickerKey {
    /// The next match.
    Down,
    /// The match before.
    Up,
    /// Selects the match.
    Enter,
    /// Closes the list, then clears the text.
    Escape,
    /// Removes the last chip if the text is empty.
    Backspace,
    /// Home or End: moves the focus from the list to the text.
    Edge,
}

impl PickerKey {
    /// The key of a keyboard event's `key`.
    pub fn from_event(name: &str) -> Option<Self> {
        Some(match name {
            "ArrowDown" => PickerKey::Down,
            "ArrowUp" => PickerKey::Up,
            "Enter" => PickerKey::Enter,
            "Escape" => PickerKey::Escape,
            "Backspace" => PickerKey::Backspace,
            "Home" | "End" => PickerKey::Edge,
            _ => return None,
        })
    }
}

/// The picker's state.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Picker {
    /// The chosen artists.
    pub chips: Vec<Chip>,
    /// The text in the input.
    pub text: String,
    /// The matches.
    pub options: Vec<ArtistItem>,
    /// The highlighted match.
    pub active: Option<usize>,
    /// Whether the list is open.
    pub open: bool,
    /// The status for screen readers.
    pub status: String,
    /// The current request; responses to older ones are dropped.
    request_id: u32,
}

impl Picker {
    /// A picker with selected artists and a text.
    pub fn new(chips: Vec<Chip>, text: &str) -> Self {
        Picker { chips, text: text.to_owned(), ..Picker::default() }
    }

    /// Handles a changed text. Returns the id of the search to start, if any.
    pub fn on_input(&mut self, text: &str) -> Option<u32> {
        self.text = text.to_owned();
        self.request_id += 1;
        self.active = None;
        if text.trim().is_empty() {
            self.close();
            self.options.clear();
            return None;
        }
        Some(self.request_id)
    }

    /// Whether this request is still the current one.
    pub fn is_current(&self, ticket: u32) -> bool {
        self.request_id == ticket
    }

    /// Handles a response: matches of the text or artists of a list, or an error message.
    pub fn on_results(&mut self, ticket: u32, answer: Result<Arc<ResolvedArtists>, String>, is_list: bool) {
        if !self.is_current(ticket) {
            return;
        }
        self.active = None;
        match answer {
            Ok(resolved) if is_list => {
                for artist in &resolved.found {
                    if !self.has(artist) {
                        self.chips.push(Chip::from_artist(artist));
                    }
                }
                self.on_input("");
                self.status = resolved.sentence();
            }
            Ok(resolved) => {
                self.status = match resolved.found.len() {
                    0 => format!("No artist matches “{}”", self.text.trim()),
                    _ => resolved.sentence(),
                };
                self.open = true;
                self.options.clone_from(&resolved.found);
            }
            Err(message) => {
                self.status = message;
                self.close();
            }
        }
    }

    /// Handles a pasted list. Returns the id of the request to start.
    pub fn on_paste(&mut self, list: &str) -> u32 {
        self.close();
        self.options.clear();
        self.text = entries(list).join("; ");
        self.request_id += 1;
        "Looking for the artists of the list".clone_into(&mut self.status);
        self.request_id
    }

    /// Whether Enter should resolve the text as a list, because it matches no name.
    pub fn is_list_entry(&self) -> bool {
        self.options.is_empty() && is_list(&self.text)
    }

    /// Whether an artist is already selected.
    pub fn has(&self, artist: &ArtistItem) -> bool {
        let id = artist.id.to_string();
        self.chips.iter().any(|chip| chip.id == id)
    }

    /// Adds the match at index `place` as a chip, or sets the status to the reason why it cannot be added.
    pub fn pick(&mut self, place: usize) {
        let Some(artist) = self.options.get(place) else { return };
        if self.has(artist) {
            self.status = format!("{} is selected already", artist.name);
        } else if !artist.selectable {
            let reason = artist.reason.as_deref().unwrap_or("it cannot be aggregated");
            self.status = format!("{} cannot be added: {reason}", artist.name);
            self.active = Some(place);
        } else {
            let chip = Chip::from_artist(artist);
            self.status = format!("Added {}, {} selected", chip.name, self.chips.len() + 1);
            self.chips.push(chip);
            self.on_input("");
        }
    }

    /// Removes a chip. Returns the chip to focus next, if one follows.
    pub fn remove(&mut self, place: usize) -> Option<usize> {
        if place < self.chips.len() {
            let chip = self.chips.remove(place);
            self.status = format!("Removed {}, {} selected", chip.name, self.chips.len());
        }
        (place < self.chips.len()).then_some(place)
    }

    /// Closes the list.
    pub fn close(&mut self) {
        self.open = false;
        self.active = None;
    }

    /// Handles a key press. Returns whether to prevent the browser's default action.
    pub fn key(&mut self, key: PickerKey) -> bool {
        let count = self.options.len();
        match key {
            PickerKey::Down | PickerKey::Up if count > 0 => {
                let last = count - 1;
                self.open = true;
                self.active = Some(match (self.active, key) {
                    (None, PickerKey::Down) => 0,
                    (Some(place), PickerKey::Down) if place < last => place + 1,
                    (Some(place), PickerKey::Up) if place > 0 => place - 1,
                    (_, PickerKey::Down) => 0,
                    _ => last,
                });
                true
            }
            PickerKey::Enter if self.text.trim().is_empty() => false,
            PickerKey::Enter => {
                let only = || (self.open && count == 1).then_some(0);
                match self.active.or_else(only) {
                    Some(place) => self.pick(place),
                    None if self.open && count > 0 => {
                        "Choose an artist with the arrow keys".clone_into(&mut self.status)
                    }
                    None => {}
                }
                true
            }
            PickerKey::Escape if self.open => {
                self.close();
                true
            }
            PickerKey::Escape if !self.text.is_empty() => {
                self.on_input("");
                true
            }
            PickerKey::Backspace if self.text.is_empty() && !self.chips.is_empty() => {
                self.remove(self.chips.len() - 1);
                true
            }
            PickerKey::Edge => {
                self.active = None;
                false
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ArtistId;

    fn artist(number: i64, name: &str, selectable: bool) -> ArtistItem {
        ArtistItem {
            id: ArtistId::Local(number),
            uuid: None,
            name: name.to_owned(),
            country: None,
            source: "soundcharts".to_owned(),
            selectable,
            reason: (!selectable).then(|| "it has no Soundcharts UUID".to_owned()),
            tracks: 3,
            image_url: None,
        }
    }

    fn found(artists: Vec<ArtistItem>) -> Result<Arc<ResolvedArtists>, String> {
        Ok(Arc::new(ResolvedArtists { found: artists, missing: Vec::new() }))
    }

    fn picker_with(text: &str, answer: Vec<ArtistItem>) -> Picker {
        let mut picker = Picker::default();
        let ticket = picker.on_input(text).unwrap();
        picker.on_results(ticket, found(answer), false);
        picker
    }

    fn two() -> Picker {
        picker_with("a", vec![artist(1, "Ada", true), artist(2, "Abe", true)])
    }

    #[test]
    fn picks_with_the_keyboard() {
        let mut picker = two();
        assert_eq!((picker.open, picker.status.as_str()), (true, "2 artists found"));
        assert!(picker.key(PickerKey::Down) && picker.key(PickerKey::Down));
        assert_eq!(picker.active, Some(1));
        assert!(picker.key(PickerKey::Enter));
        assert_eq!(picker.chips[0].name, "Abe");
        assert_eq!((picker.text.as_str(), picker.open), ("", false));
        assert_eq!(picker.status, "Added Abe, 1 selected");
        assert!(!picker.key(PickerKey::Enter), "an empty text sends the form");
        assert!(picker.key(PickerKey::Backspace));
        assert!(picker.chips.is_empty());
        assert!(!picker.key(PickerKey::Backspace));
    }

    #[test]
    fn a_pasted_list_becomes_chips() {
        let mut picker = two();
        picker.key(PickerKey::Enter);
        let ticket = picker.on_paste("Ada\nNobody\nAbe\n");
        assert_eq!((picker.text.as_str(), picker.open), ("Ada; Nobody; Abe", false));
        let missing = vec!["Nobody: no artist here has this name".to_owned()];
        let both = vec![artist(1, "Ada", true), artist(2, "Abe", true)];
        picker.on_results(ticket + 1, found(Vec::new()), true);
        assert!(picker.chips.is_empty(), "an answer to another list");
        picker.on_results(ticket, Ok(Arc::new(ResolvedArtists { found: both.clone(), missing })), true);
        assert_eq!(picker.chips.len(), 2);
        assert_eq!(picker.status, "2 artists found; not found: Nobody: no artist here has this name");
        let ticket = picker.on_paste("Ada\nAbe");
        picker.on_results(ticket, found(both), true);
        assert_eq!((picker.chips.len(), picker.text.as_str()), (2, ""));
        picker.on_input("Ada, Abe");
        assert!(picker.is_list_entry());
        picker.on_input("Ada");
        assert!(!picker.is_list_entry());
    }

    #[test]
    fn wraps_around() {
        let mut picker = two();
        picker.key(PickerKey::Up);
        assert_eq!(picker.active, Some(1));
        picker.key(PickerKey::Down);
        assert_eq!(picker.active, Some(0));
        assert!(!picker.key(PickerKey::Edge));
        assert_eq!(picker.active, None);
    }

    #[test]
    fn enter_takes_the_only_match_and_never_sends_a_half_typed_name() {
        let mut picker = two();
        assert!(picker.key(PickerKey::Enter));
        assert!(picker.chips.is_empty());
        let mut picker = picker_with("ada", vec![artist(1, "Ada", true)]);
        assert!(picker.key(PickerKey::Enter));
        assert_eq!(picker.chips.len(), 1);
    }

    #[test]
    fn escape_closes_then_clears() {
        let mut picker = two();
        assert!(picker.key(PickerKey::Escape));
        assert_eq!((picker.open, picker.text.as_str()), (false, "a"));
        assert!(picker.key(PickerKey::Escape));
        assert_eq!(picker.text, "");
        assert!(!picker.key(PickerKey::Escape));
    }

    #[test]
    fn stale_answers_are_dropped() {
        let mut picker = Picker::default();
        let first = picker.on_input("a").unwrap();
        let second = picker.on_input("ab").unwrap();
        picker.on_results(first, found(vec![artist(1, "Ada", true)]), false);
        assert!(!picker.open);
        picker.on_results(second, found(Vec::new()), false);
        assert_eq!(picker.status, "No artist matches “ab”");
        assert_eq!(picker.on_input("  "), None);
    }

    #[test]
    fn what_cannot_be_aggregated_says_why() {
        let mut picker = picker_with("a", vec![artist(1, "Ada", false)]);
        picker.pick(0);
        assert!(picker.chips.is_empty());
        assert_eq!(picker.status, "Ada cannot be added: it has no Soundcharts UUID");
        let mut picker = two();
        picker.pick(0);
        let ticket = picker.on_input("ad").unwrap();
        picker.on_results(ticket, found(vec![artist(1, "Ada", true)]), false);
        picker.pick(0);
        assert_eq!((picker.chips.len(), picker.status.as_str()), (1, "Ada is selected already"));
    }

    #[test]
    fn unknown_artists_keep_their_chip() {
        let address = Address::parse("artist=local-1&artist=foo&artist=local-1");
        let chips = chips(&address, &[artist(1, "Ada", true)]);
        assert_eq!(chips.iter().map(|chip| chip.name.as_str()).collect::<Vec<_>>(), ["Ada", "foo"]);
        assert!(chips[1].note.is_some());
        let uuid = Uuid::from_u128(1);
        let ours = Some(format!("/pictures/track/{uuid}"));
        assert_eq!(image_href("track", Some(uuid), Some("https://elsewhere/x.png")), ours);
        assert_eq!(image_href("track", Some(uuid), Some("//elsewhere/x.png")), ours);
        assert_eq!(image_href("artist", None, Some("https://elsewhere/x.png")), None);
        assert_eq!(image_href("track", Some(uuid), None), None);
        assert_eq!(image_href("track", None, Some("/pictures/x.svg")), Some("/pictures/x.svg".to_owned()));
    }
}
