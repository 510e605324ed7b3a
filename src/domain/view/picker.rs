//! The artist picker: a combobox that adds chips. The component passes events in and shows what
//! this says; pattern and keys as in the WAI-ARIA authoring practices.

use std::sync::Arc;

use uuid::Uuid;

use super::address::Address;
use super::pasted::{Resolved, entries, is_list};
use crate::domain::format::counted;
use crate::domain::listing::ArtistItem;

/// A chosen artist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chip {
    /// What the form sends.
    pub id: String,
    /// The name.
    pub name: String,
    /// The picture, if there is one of our own.
    pub image: Option<String>,
    /// Why the artist cannot be covered, if so.
    pub note: Option<String>,
}

impl Chip {
    fn of(artist: &ArtistItem) -> Self {
        Chip {
            id: artist.id.to_string(),
            name: artist.name.clone(),
            image: artist_image(artist),
            note: artist.reason.clone().filter(|_| !artist.selectable),
        }
    }
}

/// Where this product serves a picture `of` an artist or a track: the page loads nothing from elsewhere.
pub fn own_image(of: &str, uuid: Option<Uuid>, url: Option<&str>) -> Option<String> {
    let url = url?;
    if url.starts_with('/') && !url.starts_with("//") {
        return Some(url.to_owned());
    }
    uuid.map(|uuid| format!("/pictures/{of}/{uuid}"))
}

/// The picture of an artist.
pub fn artist_image(artist: &ArtistItem) -> Option<String> {
    own_image("artist", artist.uuid, artist.image_url.as_deref())
}

/// What is said about an artist in a list: "Italy" is not known here, so "IT · 12 tracks".
pub fn artist_facts(artist: &ArtistItem) -> String {
    let tracks = counted(artist.tracks as usize, "track");
    artist.country.as_ref().map_or_else(|| tracks.clone(), |country| format!("{country} · {tracks}"))
}

/// The chips for the artists in the address, in its order. One that nobody knows keeps its place,
/// so that it can be seen and removed.
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
            Chip::of,
        ));
    }
    chips
}

/// The keys that the picker knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// The next match.
    Down,
    /// The match before.
    Up,
    /// Takes the match.
    Enter,
    /// Closes the list; then clears the text.
    Escape,
    /// In the empty text: removes the last chip.
    Backspace,
    /// To the beginning or end of the text: leaves the list.
    Edge,
}

impl Key {
    /// The key of a keyboard event's `key`.
    pub fn of(name: &str) -> Option<Self> {
        Some(match name {
            "ArrowDown" => Key::Down,
            "ArrowUp" => Key::Up,
            "Enter" => Key::Enter,
            "Escape" => Key::Escape,
            "Backspace" => Key::Backspace,
            "Home" | "End" => Key::Edge,
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
    /// The match that the arrow keys are at.
    pub active: Option<usize>,
    /// Whether the list is open.
    pub open: bool,
    /// What is said to a screen reader.
    pub status: String,
    /// Counts the texts that were asked about: an answer to an older one is dropped.
    ticket: u32,
}

impl Picker {
    /// With these artists chosen and this text in the input.
    pub fn new(chips: Vec<Chip>, text: &str) -> Self {
        Picker { chips, text: text.to_owned(), ..Picker::default() }
    }

    /// The text changed. Says the ticket under which matches are to be asked for, if any are.
    pub fn typed(&mut self, text: &str) -> Option<u32> {
        self.text = text.to_owned();
        self.ticket += 1;
        self.active = None;
        if text.trim().is_empty() {
            self.close();
            self.options.clear();
            return None;
        }
        Some(self.ticket)
    }

    /// Whether the answer under this ticket is still wanted.
    pub fn awaits(&self, ticket: u32) -> bool {
        self.ticket == ticket
    }

    /// What was asked for came, or a sentence why not: matches of the text, or the artists of a list.
    pub fn answered(&mut self, ticket: u32, answer: Result<Arc<Resolved>, String>, is_list: bool) {
        if !self.awaits(ticket) {
            return;
        }
        self.active = None;
        match answer {
            Ok(resolved) if is_list => {
                for artist in &resolved.found {
                    if !self.has(artist) {
                        self.chips.push(Chip::of(artist));
                    }
                }
                self.typed("");
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

    /// A list was pasted. Says the ticket under which its artists are to be asked for.
    pub fn pasted(&mut self, list: &str) -> u32 {
        self.close();
        self.options.clear();
        self.text = entries(list).join("; ");
        self.ticket += 1;
        "Looking for the artists of the list".clone_into(&mut self.status);
        self.ticket
    }

    /// Whether Enter means the text as a list, because no artist has it as a name.
    pub fn is_at_list(&self) -> bool {
        self.options.is_empty() && is_list(&self.text)
    }

    /// Whether an artist is chosen already.
    pub fn has(&self, artist: &ArtistItem) -> bool {
        let id = artist.id.to_string();
        self.chips.iter().any(|chip| chip.id == id)
    }

    /// Adds the match at `place` as a chip; one that cannot be added says why.
    pub fn pick(&mut self, place: usize) {
        let Some(artist) = self.options.get(place) else { return };
        if self.has(artist) {
            self.status = format!("{} is selected already", artist.name);
        } else if !artist.selectable {
            let reason = artist.reason.as_deref().unwrap_or("it cannot be aggregated");
            self.status = format!("{} cannot be added: {reason}", artist.name);
            self.active = Some(place);
        } else {
            let chip = Chip::of(artist);
            self.status = format!("Added {}, {} selected", chip.name, self.chips.len() + 1);
            self.chips.push(chip);
            self.typed("");
        }
    }

    /// Removes a chip; says which chip gets the focus, if one is left after it.
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

    /// A key was pressed in the input. Says whether it is the picker's: the browser then leaves it.
    pub fn key(&mut self, key: Key) -> bool {
        let count = self.options.len();
        match key {
            Key::Down | Key::Up if count > 0 => {
                let last = count - 1;
                self.open = true;
                self.active = Some(match (self.active, key) {
                    (None, Key::Down) => 0,
                    (Some(place), Key::Down) if place < last => place + 1,
                    (Some(place), Key::Up) if place > 0 => place - 1,
                    (_, Key::Down) => 0,
                    _ => last,
                });
                true
            }
            Key::Enter if self.text.trim().is_empty() => false,
            Key::Enter => {
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
            Key::Escape if self.open => {
                self.close();
                true
            }
            Key::Escape if !self.text.is_empty() => {
                self.typed("");
                true
            }
            Key::Backspace if self.text.is_empty() && !self.chips.is_empty() => {
                self.remove(self.chips.len() - 1);
                true
            }
            Key::Edge => {
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

    fn found(artists: Vec<ArtistItem>) -> Result<Arc<Resolved>, String> {
        Ok(Arc::new(Resolved { found: artists, missing: Vec::new() }))
    }

    fn asked(text: &str, answer: Vec<ArtistItem>) -> Picker {
        let mut picker = Picker::default();
        let ticket = picker.typed(text).unwrap();
        picker.answered(ticket, found(answer), false);
        picker
    }

    fn two() -> Picker {
        asked("a", vec![artist(1, "Ada", true), artist(2, "Abe", true)])
    }

    #[test]
    fn picks_with_the_keyboard() {
        let mut picker = two();
        assert_eq!((picker.open, picker.status.as_str()), (true, "2 artists found"));
        assert!(picker.key(Key::Down) && picker.key(Key::Down));
        assert_eq!(picker.active, Some(1));
        assert!(picker.key(Key::Enter));
        assert_eq!(picker.chips[0].name, "Abe");
        assert_eq!((picker.text.as_str(), picker.open), ("", false));
        assert_eq!(picker.status, "Added Abe, 1 selected");
        assert!(!picker.key(Key::Enter), "an empty text sends the form");
        assert!(picker.key(Key::Backspace));
        assert!(picker.chips.is_empty());
        assert!(!picker.key(Key::Backspace));
    }

    #[test]
    fn a_pasted_list_becomes_chips() {
        let mut picker = two();
        picker.key(Key::Enter);
        let ticket = picker.pasted("Ada\nNobody\nAbe\n");
        assert_eq!((picker.text.as_str(), picker.open), ("Ada; Nobody; Abe", false));
        let missing = vec!["Nobody: no artist here has this name".to_owned()];
        let both = vec![artist(1, "Ada", true), artist(2, "Abe", true)];
        picker.answered(ticket + 1, found(Vec::new()), true);
        assert!(picker.chips.is_empty(), "an answer to another list");
        picker.answered(ticket, Ok(Arc::new(Resolved { found: both.clone(), missing })), true);
        assert_eq!(picker.chips.len(), 2);
        assert_eq!(picker.status, "2 artists found; not found: Nobody: no artist here has this name");
        let ticket = picker.pasted("Ada\nAbe");
        picker.answered(ticket, found(both), true);
        assert_eq!((picker.chips.len(), picker.text.as_str()), (2, ""));
        picker.typed("Ada, Abe");
        assert!(picker.is_at_list());
        picker.typed("Ada");
        assert!(!picker.is_at_list());
    }

    #[test]
    fn wraps_around() {
        let mut picker = two();
        picker.key(Key::Up);
        assert_eq!(picker.active, Some(1));
        picker.key(Key::Down);
        assert_eq!(picker.active, Some(0));
        assert!(!picker.key(Key::Edge));
        assert_eq!(picker.active, None);
    }

    #[test]
    fn enter_takes_the_only_match_and_never_sends_a_half_typed_name() {
        let mut picker = two();
        assert!(picker.key(Key::Enter));
        assert!(picker.chips.is_empty());
        let mut picker = asked("ada", vec![artist(1, "Ada", true)]);
        assert!(picker.key(Key::Enter));
        assert_eq!(picker.chips.len(), 1);
    }

    #[test]
    fn escape_closes_then_clears() {
        let mut picker = two();
        assert!(picker.key(Key::Escape));
        assert_eq!((picker.open, picker.text.as_str()), (false, "a"));
        assert!(picker.key(Key::Escape));
        assert_eq!(picker.text, "");
        assert!(!picker.key(Key::Escape));
    }

    #[test]
    fn stale_answers_are_dropped() {
        let mut picker = Picker::default();
        let first = picker.typed("a").unwrap();
        let second = picker.typed("ab").unwrap();
        picker.answered(first, found(vec![artist(1, "Ada", true)]), false);
        assert!(!picker.open);
        picker.answered(second, found(Vec::new()), false);
        assert_eq!(picker.status, "No artist matches “ab”");
        assert_eq!(picker.typed("  "), None);
    }

    #[test]
    fn what_cannot_be_aggregated_says_why() {
        let mut picker = asked("a", vec![artist(1, "Ada", false)]);
        picker.pick(0);
        assert!(picker.chips.is_empty());
        assert_eq!(picker.status, "Ada cannot be added: it has no Soundcharts UUID");
        let mut picker = two();
        picker.pick(0);
        let ticket = picker.typed("ad").unwrap();
        picker.answered(ticket, found(vec![artist(1, "Ada", true)]), false);
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
        assert_eq!(own_image("track", Some(uuid), Some("https://elsewhere/x.png")), ours);
        assert_eq!(own_image("track", Some(uuid), Some("//elsewhere/x.png")), ours);
        assert_eq!(own_image("artist", None, Some("https://elsewhere/x.png")), None);
        assert_eq!(own_image("track", Some(uuid), None), None);
        assert_eq!(own_image("track", None, Some("/pictures/x.svg")), Some("/pictures/x.svg".to_owned()));
    }
}
