//! Artist search: the twenty best matches by name or identifier. Matching is loose, homonyms are common, and
//! their order does not reflect popularity.

use axum::extract::Path;
use axum::response::Response;

use super::artist::Artist;
use super::random::Chance;
use super::refusal::Refusal;
use super::request::SimRequest;
use crate::server::base::fold::fold;

/// Maximum results. A larger `limit` is rejected.
const MOST: usize = 20;

/// `GET artist/search/{term}`. 404 without a match.
pub async fn artists(ask: SimRequest, Path((_, term)): Path<(String, String)>) -> Result<Response, Refusal> {
    let slice = ask.slice(MOST)?;
    let wanted = fold(&term);
    let is_key = |artist: &Artist| {
        artist.uuid.to_string() == term || artist.identifiers().values().flatten().any(|its| *its == term)
    };
    let mut found: Vec<(u8, u64, &Artist)> = ask
        .world
        .artists
        .iter()
        .filter_map(|artist| {
            let fit = if is_key(artist) { 0 } else { fit(&fold(&artist.facts.name), &wanted)? };
            Some((fit, Chance::new(&["order", &artist.uuid.to_string()]).below(u64::MAX), artist))
        })
        .collect();
    if found.is_empty() {
        return Err(Refusal::missing("No artist found for this term."));
    }
    found.sort_by_key(|(fit, order, _)| (*fit, *order));
    let items = found.into_iter().take(MOST).map(|(_, _, artist)| artist.search_json()).collect();
    Ok(ask.list(slice, None, items))
}

/// Match quality of a folded name: 0 is best, `None` is no match.
fn fit(name: &str, wanted: &str) -> Option<u8> {
    let is_near = || name.split(' ').any(|word| is_near(word, wanted));
    match () {
        () if name == wanted => Some(0),
        () if name.starts_with(wanted) => Some(1),
        () if name.split(' ').any(|word| word.starts_with(wanted)) => Some(2),
        () if name.contains(wanted) => Some(3),
        () if wanted.split(' ').any(|word| word.len() > 3 && name.split(' ').any(|its| its == word)) => {
            Some(4)
        }
        () if is_near() => Some(5),
        () => None,
    }
}

/// Whether at most one letter in four differs, as in "billie" and "willie".
fn is_near(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let allowed = a.len().min(b.len()) / 4;
    if a.len().abs_diff(b.len()) > allowed {
        return false;
    }
    // Levenshtein distance, row by row.
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let changed = before + usize::from(x != y);
            before = row[j + 1];
            row[j + 1] = changed.min(before + 1).min(row[j] + 1);
        }
    }
    row[b.len()] <= allowed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fits_loosely() {
        for (name, wanted, expected) in [
            ("billie eilish", "billie eilish", Some(0)),
            ("billie eilish", "billie", Some(1)),
            ("billie eilish", "eili", Some(2)),
            ("billie eilish", "lish", Some(3)),
            ("eilish", "eilish trio", Some(4)),
            ("willie nelson", "billie", Some(5)),
            ("willie nelson", "bob", None),
        ] {
            assert_eq!(fit(name, wanted), expected, "{wanted} in {name}");
        }
    }
}
