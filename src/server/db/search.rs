//! Finding artists by name while somebody types. All names are kept in memory in one folded text, the
//! artists with most tracks first, so that a search is one pass over a few megabytes at most, whatever is
//! searched for; they are read again when the catalogue's version says that they have changed, whichever
//! process changed them.

use std::collections::HashMap;
use std::sync::Arc;

use deunicode::deunicode_with_tofu;
use futures_util::TryStreamExt as _;
use memchr::memmem;

use super::artists::StoredArtist;
use super::read_model::ReadModel;
use super::{Conn, Db, track_artists, word};
use crate::domain::ArtistId;
use crate::server::error::Error;

/// An artist that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The artist.
    pub artist: Arc<StoredArtist>,
    /// How many tracks there are of it.
    pub tracks: u32,
}

/// Some of the artists that match, best first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundArtists {
    /// At most as many as were asked for.
    pub artists: Vec<Found>,
    /// How many to skip to read on; `None` after the last.
    pub next: Option<usize>,
}

/// The artists whose name holds `text`, accents and case aside: those that begin with it first, then those
/// with a word that does, then the others; among equals those with most tracks first. An empty text finds
/// all.
pub async fn artists(db: &Db, text: &str, skip: usize, limit: usize) -> Result<FoundArtists, Error> {
    let mut stored = db.read_model().await?;
    match find(&mut stored, text, skip, limit).await {
        Err(Error::Moved) => {
            stored.renew().await?;
            find(&mut stored, text, skip, limit).await
        }
        result => result,
    }
}

async fn find(
    stored: &mut ReadModel<'_>,
    text: &str,
    skip: usize,
    limit: usize,
) -> Result<FoundArtists, Error> {
    let names = stored.names().await?;
    let wanted = skip.saturating_add(limit).saturating_add(1);
    let mut places = names.find(&fold(text), wanted);
    let next = (places.len() == wanted).then_some(skip + limit);
    places.truncate(skip.saturating_add(limit));
    let places = places.get(skip..).unwrap_or_default();
    let ids: Vec<ArtistId> = places.iter().map(|&place| names.artists[place].0).collect();
    let mut artists: HashMap<ArtistId, Arc<StoredArtist>> =
        stored.artists(&ids).await?.into_iter().map(|artist| (artist.artist_id(), artist)).collect();
    let found = places.iter().filter_map(|&place| {
        let (id, tracks) = names.artists[place];
        Some(Found { artist: artists.remove(&id)?, tracks })
    });
    Ok(FoundArtists { artists: found.collect(), next })
}

/// A name as it is searched: Latin letters and digits without accents or case, words separated by one
/// space. A name of signs only stays as it is.
pub fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for character in deunicode_with_tofu(name, "").chars() {
        match character {
            '\'' | '`' | '"' => {}
            c if c.is_alphanumeric() => folded.extend(c.to_lowercase()),
            _ if folded.ends_with(' ') || folded.is_empty() => {}
            _ => folded.push(' '),
        }
    }
    folded.truncate(folded.trim_end().len());
    if folded.is_empty() { name.trim().to_lowercase().replace('\n', " ") } else { folded }
}

/// The names of one version of the catalogue.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Of the catalogue.
    pub(super) version: i64,
    /// Every folded name after a line break.
    text: String,
    /// Where each name's line break is.
    starts: Vec<usize>,
    /// Id and tracks of each artist, in the order of the names.
    artists: Vec<(ArtistId, u32)>,
}

impl Names {
    /// Reads them all.
    pub(super) async fn read(conn: &mut Conn, version: i64) -> Result<Self, Error> {
        let tracks = track_artists::tracks_of_each(conn).await?;
        let mut all = Vec::new();
        let select = "select id, uuid, name from artists";
        let mut rows = sqlx::query_as::<_, (i64, Option<String>, String)>(select).fetch(conn);
        while let Some((number, uuid, name)) = rows.try_next().await? {
            let id = uuid.as_deref().map(word).transpose()?.map_or(ArtistId::Local(number), ArtistId::Uuid);
            all.push((tracks.get(&number).copied().unwrap_or(0), fold(&name), id));
        }
        Ok(Names::of(version, all))
    }

    fn of(version: i64, mut all: Vec<(u32, String, ArtistId)>) -> Self {
        all.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| (&a.1, a.2).cmp(&(&b.1, b.2))));
        let mut names = Names { version, ..Names::default() };
        for (tracks, name, id) in all {
            names.starts.push(names.text.len());
            names.artists.push((id, tracks));
            names.text.push('\n');
            names.text += &name;
        }
        names
    }

    /// The place of the name that holds this byte of the text, from a place before it or its own: near ones are found
    /// at once, distant ones in steps that double.
    fn place_of(&self, at: usize, mut place: usize) -> usize {
        let mut step = 1;
        while self.starts.get(place + step).is_some_and(|start| *start < at) {
            place += step;
            step *= 2;
        }
        let near = &self.starts[place..self.starts.len().min(place + step)];
        place + near.partition_point(|start| *start < at) - 1
    }

    /// The places of the first `limit` matches, best first.
    fn find(&self, text: &str, limit: usize) -> Vec<usize> {
        if text.is_empty() {
            return (0..self.starts.len().min(limit)).collect();
        }
        // Matches at the beginning of the name, of another word, elsewhere.
        let mut found: [Vec<usize>; 3] = Default::default();
        let mut current: Option<(usize, usize)> = None;
        let mut place = 0;
        for at in memmem::find_iter(self.text.as_bytes(), text) {
            place = self.place_of(at, place);
            let quality = match self.text.as_bytes()[at - 1] {
                b'\n' => 0,
                b' ' => 1,
                _ => 2,
            };
            match &mut current {
                Some((same, best)) if *same == place => *best = quality.min(*best),
                _ => {
                    if let Some((before, best)) = current.replace((place, quality)) {
                        found[best].push(before);
                    }
                    if found[0].len() == limit {
                        break;
                    }
                }
            }
        }
        if let Some((last, best)) = current {
            found[best].push(last);
        }
        let mut found = found.concat();
        found.truncate(limit);
        found
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
            let names = Names { starts: starts.clone(), ..Names::default() };
            let end = starts.len() + lengths.iter().sum::<usize>();
            let at = 1 + at.index(end);
            let place = starts.partition_point(|start| *start < at) - 1;
            prop_assert_eq!(names.place_of(at, from.index(place + 1)), place);
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
        let all = all.map(|(tracks, name, id)| (tracks, name.to_owned(), ArtistId::Local(id)));
        let names = Names::of(1, all.into());
        let find = |text: &str, limit| {
            let local = |id: ArtistId| if let ArtistId::Local(number) = id { number } else { 0 };
            let places = names.find(text, limit);
            places.iter().map(|&place| local(names.artists[place].0)).collect::<Vec<_>>()
        };
        assert_eq!(find("ana", 10), [2, 6, 5, 3, 1]);
        assert_eq!(find("ana", 2), [2, 6]);
        assert_eq!(find("", 3), [1, 2, 3]);
        assert_eq!(find("a\nn", 3), Vec::<i64>::new());
        assert_eq!(find("zz", 3), Vec::<i64>::new());
    }
}
