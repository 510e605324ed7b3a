//! Undoes an import and summarizes what changed.

use super::PATIENCE;
use crate::domain::accounts::Action;
use crate::domain::text::format::grouped;
use crate::server::accounts::{Person, audit};
use crate::server::base::clock::now;
use crate::server::error::Error;
use crate::server::store::Db;
use crate::server::store::imports::changes::Relation;
use crate::server::store::imports::{self, Attribution};
use crate::server::store::undo::{self, Undone};

/// Undoes an import in one transaction; returns a summary.
///
/// # Errors
/// The import does not exist or cannot be undone; [`Error::Busy`] if the write lock is held for minutes.
pub async fn undo(db: &Db, person: &Person, id: i64) -> Result<String, Error> {
    let mut tx = db.write_within(PATIENCE).await?;
    let import = imports::by_id(&mut tx, id).await?;
    let import = import.ok_or_else(|| Error::NotFound { what: "import", id: id.to_string() })?;
    let by = Attribution { who: person.email.clone(), at: now() };
    let undone = undo::undo(&mut tx, &import, &by).await?;
    let files: Vec<&str> = import.files.iter().map(|file| file.file.as_str()).collect();
    audit::write(&mut tx, person, Action::ImportUndone, format!("{id}: {}", files.join(", "))).await?;
    tx.commit().await?;
    Ok(sentence(id, &undone))
}

fn sentence(id: i64, undone: &Undone) -> String {
    let restored = match undone.restored {
        0 => "nothing of it was left".to_owned(),
        1 => "1 value or row is as it was before".to_owned(),
        count => format!("{} values and rows are as they were before", grouped(count.into())),
    };
    let kept: Vec<String> = undone.kept.iter().map(|(relation, count)| kept(*relation, *count)).collect();
    let kept = match &kept[..] {
        [] => String::new(),
        kept => format!(" Kept, because other data uses them: {}.", kept.join(", ")),
    };
    format!("Import {id} was undone: {restored}.{kept}")
}

fn kept(relation: Relation, count: u64) -> String {
    let (one, many) = match relation {
        Relation::Platforms => ("platform", "platforms"),
        Relation::PlatformMetrics => ("metric of a platform", "metrics of platforms"),
        Relation::Artists => ("artist", "artists"),
        Relation::Tracks => ("track", "tracks"),
        Relation::TrackArtists => ("link of a track to an artist", "links of tracks to artists"),
        Relation::Charts => ("chart", "charts"),
        Relation::Rankings => ("ranking", "rankings"),
        Relation::Windows => ("window", "windows"),
    };
    format!("{} {}", grouped(count.into()), if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_is_named() {
        let mut undone = Undone { restored: 1234, ..Undone::default() };
        assert_eq!(
            sentence(7, &undone),
            "Import 7 was undone: 1,234 values and rows are as they were before."
        );
        undone.kept = [(Relation::Tracks, 1), (Relation::Artists, 2)].into();
        let said = sentence(7, &undone);
        assert!(said.ends_with(" Kept, because other data uses them: 2 artists, 1 track."), "{said}");
    }
}
