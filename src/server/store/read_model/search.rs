//! Type-ahead search for artists by name. All names are kept in memory as one case-folded text, artists with
//! most tracks first, so that a search is one pass over a few megabytes. They are reloaded when the version
//! of the catalogue changes, whichever process changed it.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::TryStreamExt as _;
use memchr::memmem;

use super::ReadModel;
use crate::domain::ArtistId;
use crate::server::base::fold::fold;
use crate::server::error::Error;
use crate::server::store::sql::word;
use crate::server::store::tables::artists::StoredArtist;
use crate::server::store::tables::track_artists;
use crate::server::store::{Conn, Db};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtistMatch {
    pub artist: Arc<StoredArtist>,
    /// Number of tracks.
    pub tracks: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtistMatches {
    pub artists: Vec<ArtistMatch>,
    /// Cursor of the next page; `None` on the last.
    pub next: Option<ArtistId>,
}

#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// Empty matches all.
    pub text: &'a str,
    /// Cursor: rows added between pages neither repeat nor hide others.
    pub after: Option<ArtistId>,
    pub limit: usize,
}

/// Searches artists by name as people type it ("jayz" finds Jay-Z). Order: exact name, prefix, word prefix, all
/// words in any order, anywhere; ties by number of tracks. An empty text lists all by name.
///
/// # Errors
/// [`Error::Invalid`] if the cursor is not among the matches; database errors.
pub async fn artists(db: &Db, search: Search<'_>) -> Result<ArtistMatches, Error> {
    let mut stored = db.read_model().await?;
    loop {
        match find(&mut stored, search).await {
            Err(Error::StaleSnapshot) => stored.refresh().await?,
            result => return result,
        }
    }
}

/// Searches in an open snapshot.
///
/// # Errors
/// As [`artists()`].
pub async fn find(stored: &mut ReadModel<'_>, search: Search<'_>) -> Result<ArtistMatches, Error> {
    let names = stored.names().await?;
    let wanted = search.limit.saturating_add(1);
    let mut places = match search.after {
        None => names.find(search.text, wanted),
        Some(after) => {
            let all = names.find(search.text, usize::MAX);
            let last = all.iter().position(|&place| names.artists[place].0 == after);
            let last = last.ok_or_else(|| Error::invalid("cursor", "is not one that this list gave out"))?;
            all[last + 1..].iter().copied().take(wanted).collect()
        }
    };
    let has_more = places.len() == wanted;
    places.truncate(search.limit);
    let next = places.last().filter(|_| has_more).map(|&place| names.artists[place].0);
    Ok(ArtistMatches { artists: found(stored, &names, &places).await?, next })
}

/// Artists with exactly this name, most tracks first.
pub async fn of_name(stored: &mut ReadModel<'_>, name: &str, limit: usize) -> Result<Vec<ArtistId>, Error> {
    let names = stored.names().await?;
    Ok(names.exact_matches(name, limit).into_iter().map(|place| names.artists[place].0).collect())
}

/// The artists with most tracks.
pub async fn largest(stored: &mut ReadModel<'_>, limit: usize) -> Result<Vec<ArtistMatch>, Error> {
    let names = stored.names().await?;
    let places: Vec<usize> = (0..names.artists.len().min(limit)).collect();
    found(stored, &names, &places).await
}

async fn found(
    stored: &mut ReadModel<'_>,
    names: &NameIndex,
    places: &[usize],
) -> Result<Vec<ArtistMatch>, Error> {
    let ids: Vec<ArtistId> = places.iter().map(|&place| names.artists[place].0).collect();
    let mut artists: HashMap<ArtistId, Arc<StoredArtist>> =
        stored.artists(&ids).await?.into_iter().map(|artist| (artist.artist_id(), artist)).collect();
    let found = places.iter().filter_map(|&place| {
        let (id, tracks) = names.artists[place];
        Some(ArtistMatch { artist: artists.remove(&id)?, tracks })
    });
    Ok(found.collect())
}

/// Replaces symbols that stand for letters or words.
fn expand_symbols(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut spelled = String::with_capacity(name.len());
    for (place, &letter) in letters.iter().enumerate() {
        let before = place.checked_sub(1).and_then(|place| letters.get(place));
        let after = letters.get(place + 1);
        let is_letter = |neighbour: Option<&char>| neighbour.is_some_and(|c| c.is_alphanumeric());
        let is_alone =
            [before, after].into_iter().all(|neighbour| neighbour.is_none_or(|c| c.is_whitespace()));
        match letter {
            '$' if is_letter(before) || is_letter(after) => spelled.push('s'),
            '!' if is_letter(before) && is_letter(after) => spelled.push('i'),
            '@' if is_letter(before) && is_letter(after) => spelled.push('a'),
            '&' => spelled.push_str(" and "),
            '+' if is_alone => spelled.push_str("and"),
            letter => spelled.push(letter),
        }
    }
    spelled
}

/// Search forms of a name: its words ("r e m"), and the words joined if only punctuation separates them ("rem").
fn search_forms(name: &str) -> Vec<String> {
    let spelled = expand_symbols(name);
    let parted = fold(&spelled);
    let words = spelled.split_whitespace().map(|word| fold(word).replace(' ', ""));
    let glued = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    if glued.is_empty() || glued == parted { vec![parted] } else { vec![parted, glued] }
}

/// The names of one catalogue version.
#[derive(Debug, Default)]
pub(in crate::server::store) struct NameIndex {
    /// Catalogue version.
    pub(super) version: i64,
    /// Every form of every name, separated by line breaks.
    text: String,
    /// Offset of the line break before each form.
    starts: Vec<usize>,
    /// The artist of each form, as an index into `artists`.
    owners: Vec<usize>,
    /// Id and number of tracks, most tracks first.
    artists: Vec<(ArtistId, u32)>,
    /// Indexes into `artists`, sorted by name.
    by_name: Vec<usize>,
}

/// Match quality, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum MatchRank {
    /// The name equals the text.
    Exact,
    /// The name begins with the text.
    Beginning,
    /// A word of the name begins with the text.
    Word,
    /// Each word of the text begins a word of the name.
    AllWords,
    /// Contains the text anywhere.
    Inside,
    None,
}

/// The best rank of each artist, by index.
struct BestRanks(Vec<MatchRank>);

impl BestRanks {
    fn note(&mut self, place: usize, found: MatchRank) {
        self.0[place] = self.0[place].min(found);
    }

    /// The first `limit` indexes, best first.
    fn places(&self, limit: usize) -> Vec<usize> {
        let classes =
            [MatchRank::Exact, MatchRank::Beginning, MatchRank::Word, MatchRank::AllWords, MatchRank::Inside];
        let of = |class| {
            self.0.iter().enumerate().filter(move |(_, found)| **found == class).map(|(place, _)| place)
        };
        classes.into_iter().flat_map(of).take(limit).collect()
    }
}

impl NameIndex {
    pub(super) async fn read(conn: &mut Conn, version: i64) -> Result<Self, Error> {
        let tracks = track_artists::tracks_of_each(conn).await?;
        let mut all = Vec::new();
        let select = "select id, uuid, name from artists";
        let mut rows = sqlx::query_as::<_, (i64, Option<String>, String)>(select).fetch(conn);
        while let Some((number, uuid, name)) = rows.try_next().await? {
            let id = uuid.as_deref().map(word).transpose()?.map_or(ArtistId::Local(number), ArtistId::Uuid);
            all.push((tracks.get(&number).copied().unwrap_or(0), search_forms(&name), id));
        }
        Ok(NameIndex::new(version, all))
    }

    fn new(version: i64, mut all: Vec<(u32, Vec<String>, ArtistId)>) -> Self {
        all.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| (&a.1, a.2).cmp(&(&b.1, b.2))));
        let mut by_name: Vec<usize> = (0..all.len()).collect();
        by_name.sort_unstable_by_key(|&place| (&all[place].1, all[place].2));
        let mut names = NameIndex { version, by_name, ..NameIndex::default() };
        for (place, (tracks, forms, id)) in all.into_iter().enumerate() {
            names.artists.push((id, tracks));
            for form in forms {
                names.starts.push(names.text.len());
                names.owners.push(place);
                names.text.push('\n');
                names.text += &form;
            }
        }
        names.text.push('\n');
        names
    }

    /// The line at this byte, searching forward from an earlier line in steps that double: most matches are close
    /// to the previous one.
    fn line_of(&self, at: usize, mut line: usize) -> usize {
        let mut step = 1;
        while self.starts.get(line + step).is_some_and(|start| *start < at) {
            line += step;
            step *= 2;
        }
        let near = &self.starts[line..self.starts.len().min(line + step)];
        line + near.partition_point(|start| *start < at) - 1
    }

    /// The first `limit` matches, best first.
    fn find(&self, text: &str, limit: usize) -> Vec<usize> {
        let text = fold(&expand_symbols(text));
        if text.is_empty() {
            return self.by_name.iter().copied().take(limit).collect();
        }
        let mut best = BestRanks(vec![MatchRank::None; self.artists.len()]);
        let bytes = self.text.as_bytes();
        let mut line = 0;
        for at in memmem::find_iter(bytes, &text) {
            line = self.line_of(at, line);
            let found = match (bytes[at - 1], bytes[at + text.len()]) {
                (b'\n', b'\n') => MatchRank::Exact,
                (b'\n', _) => MatchRank::Beginning,
                (b' ', _) => MatchRank::Word,
                _ => MatchRank::Inside,
            };
            best.note(self.owners[line], found);
        }
        self.all_words(&text, &mut best);
        best.places(limit)
    }

    /// The first `limit` artists with exactly this name.
    fn exact_matches(&self, name: &str, limit: usize) -> Vec<usize> {
        let start = format!("\n{}", fold(&expand_symbols(name)));
        let mut places = Vec::new();
        let mut line = 0;
        for at in memmem::find_iter(self.text.as_bytes(), &start) {
            line = self.line_of(at + 1, line);
            let place = self.owners[line];
            let is_whole = self.text.as_bytes()[at + start.len()] == b'\n';
            if is_whole && !places.contains(&place) && places.len() < limit {
                places.push(place);
            }
        }
        places
    }

    /// Records names in which each word of the text begins a word.
    fn all_words(&self, text: &str, best: &mut BestRanks) {
        let words: Vec<&str> = text.split(' ').collect();
        let Some(longest) = words.iter().max_by_key(|word| word.len()).filter(|_| words.len() > 1) else {
            return;
        };
        let begins_word = |at: usize| matches!(self.text.as_bytes()[at - 1], b'\n' | b' ');
        let mut line = 0;
        for at in memmem::find_iter(self.text.as_bytes(), longest).filter(|at| begins_word(*at)) {
            line = self.line_of(at, line);
            let end = self.starts.get(line + 1).copied().unwrap_or(self.text.len() - 1);
            let form = &self.text[self.starts[line] + 1..end];
            if words.iter().all(|word| form.split(' ').any(|own| own.starts_with(word))) {
                best.note(self.owners[line], MatchRank::AllWords);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_fold_to_what_is_typed() {
        for (name, folded) in [
            ("Łódź 0", "lodz 0"),
            ("Ælla", "aella"),
            ("Beyoncé", "beyonce"),
            ("  AC/DC ", "ac dc"),
            ("O'Neil", "oneil"),
            ("Дима", "dima"),
            ("ß", "ss"),
            ("!!!", "!!!"),
        ] {
            assert_eq!(fold(name), folded);
        }
    }

    proptest! {
        #[test]
        fn a_byte_of_the_text_is_in_its_name(
            lengths in proptest::collection::vec(0usize..6, 1..200), from in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(),
        ) {
            let starts: Vec<usize> = lengths.iter().scan(0, |end, length| {
                let start = *end;
                *end += 1 + length;
                Some(start)
            }).collect();
            let names = NameIndex { starts: starts.clone(), ..NameIndex::default() };
            let end = starts.len() + lengths.iter().sum::<usize>();
            let at = 1 + at.index(end);
            let place = starts.partition_point(|start| *start < at) - 1;
            prop_assert_eq!(names.line_of(at, from.index(place + 1)), place);
        }
    }

    #[test]
    fn beginnings_come_first_then_words_then_the_rest() {
        let all = [
            (9, "mariana", 1),
            (8, "ana lee", 2),
            (7, "the anas", 3),
            (6, "nobody", 4),
            (5, "anana", 5),
            (5, "ana", 6),
        ];
        let all = all.map(|(tracks, name, id)| (tracks, search_forms(name), ArtistId::Local(id)));
        let names = NameIndex::new(1, all.into());
        let find = |text: &str, limit| {
            let local = |id: ArtistId| if let ArtistId::Local(number) = id { number } else { 0 };
            let places = names.find(text, limit);
            places.iter().map(|&place| local(names.artists[place].0)).collect::<Vec<_>>()
        };
        assert_eq!(find("ana", 10), [6, 2, 5, 3, 1]);
        assert_eq!(find("ana", 2), [6, 2]);
        assert_eq!(find("", 3), [6, 2, 5], "by name");
        assert_eq!(find("a\nn", 3), Vec::<i64>::new());
        assert_eq!(find("zz", 3), Vec::<i64>::new());
    }

    #[test]
    fn names_are_found_as_people_type_them() {
        let artists = [
            "R.E.M.",
            "Jay-Z",
            "AC/DC",
            "A$AP Rocky",
            "Simon & Garfunkel",
            "Sigur Rós",
            "P!nk",
            "!!!",
            "Remy",
        ];
        let all = artists.iter().zip(1..).map(|(name, id)| (1, search_forms(name), ArtistId::Local(id)));
        let names = NameIndex::new(1, all.collect());
        let first = |text: &str| {
            let place = *names.find(text, 10).first()?;
            let ArtistId::Local(number) = names.artists[place].0 else { return None };
            Some(artists[number as usize - 1])
        };
        for (text, name) in [
            ("rem", "R.E.M."),
            ("r.e.m", "R.E.M."),
            ("r e m", "R.E.M."),
            ("jayz", "Jay-Z"),
            ("jay z", "Jay-Z"),
            ("acdc", "AC/DC"),
            ("ac dc", "AC/DC"),
            ("asap rocky", "A$AP Rocky"),
            ("a$ap", "A$AP Rocky"),
            ("simon and garfunkel", "Simon & Garfunkel"),
            ("simon garfunkel", "Simon & Garfunkel"),
            ("simon & g", "Simon & Garfunkel"),
            ("ros sigur", "Sigur Rós"),
            ("pink", "P!nk"),
            ("!!!", "!!!"),
        ] {
            assert_eq!(first(text), Some(name), "{text}");
        }
    }

    proptest! {
        /// Rows added between two pages neither repeat nor hide the existing ones.
        #[test]
        fn pages_go_on_after_the_last_row(added in proptest::collection::vec((0u32..3, "[a-c ]{1,4}"), 0..20), limit in 1usize..4) {
            let before: Vec<(u32, Vec<String>, ArtistId)> =
                (0..9).map(|id| (id as u32 % 3, search_forms(&format!("a{id} b")), ArtistId::Local(id))).collect();
            let more = added.iter().zip(100..).map(|((tracks, name), id)| (*tracks, search_forms(name), ArtistId::Local(id)));
            let after: Vec<_> = before.iter().cloned().chain(more).collect();
            for text in ["", "b", "a", "a b", "b a"] {
                let (first, later) = (NameIndex::new(1, before.clone()), NameIndex::new(2, after.clone()));
                let page: Vec<ArtistId> = first.find(text, limit).iter().map(|&place| first.artists[place].0).collect();
                let all: Vec<ArtistId> =
                    later.find(text, usize::MAX).iter().map(|&place| later.artists[place].0).collect();
                let last = all.iter().position(|id| Some(id) == page.last()).unwrap();
                let rest: Vec<ArtistId> = all[last + 1..].to_vec();
                for (_, _, id) in &before {
                    prop_assert_eq!(usize::from(page.contains(id)) + usize::from(rest.contains(id)), 1, "{:?}", id);
                }
            }
        }
    }
}
