//! The audit log. Entries about accounts are written in the transaction of the change; others right after it.

use std::time::Duration;

use tokio::task::JoinHandle;

use super::Person;
use crate::domain::accounts::Action;
use crate::server::base::clock::now_ms;
use crate::server::base::secret;
use crate::server::error::Error;
use crate::server::store::tables::audit_log::{self, AuditEntry};
use crate::server::store::{Conn, Db};

/// How long writing an entry waits for a running import.
const PATIENCE: Duration = Duration::from_secs(300);

/// Writes an entry in the caller's transaction.
pub async fn write(
    conn: &mut Conn,
    person: &Person,
    action: Action,
    subject: impl Into<String>,
) -> Result<(), Error> {
    let entry = AuditEntry {
        id: secret::id(),
        at: now_ms(),
        actor: person.email.clone(),
        via: person.via.to_string(),
        address: person.address.clone(),
        action,
        subject: subject.into(),
    };
    audit_log::add(conn, &entry).await
}

/// How long a request waits for its entry to be written; after that, the entry is written in the background.
const RECORD_TIMEOUT: Duration = Duration::from_millis(500);

/// Writes an entry that must succeed before the action.
///
/// # Errors
/// The entry cannot be written: disk full or database failure.
pub async fn record_or_fail(db: &Db, person: &Person, action: Action, subject: &str) -> Result<(), Error> {
    match tokio::time::timeout(RECORD_TIMEOUT, spawn_write(db, person, action, subject)).await {
        Ok(Ok(written)) => written,
        Ok(Err(stopped)) => std::panic::resume_unwind(stopped.into_panic()),
        // The write continues in the background.
        Err(_) => Ok(()),
    }
}

/// Writes an entry about a completed action without blocking the caller.
pub fn record_in_background(db: &Db, person: &Person, action: Action, subject: impl Into<String>) {
    drop(spawn_write(db, person, action, subject));
}

fn spawn_write(
    db: &Db,
    person: &Person,
    action: Action,
    subject: impl Into<String>,
) -> JoinHandle<Result<(), Error>> {
    let (db, person, subject) = (db.clone(), person.clone(), subject.into());
    tokio::spawn(async move {
        let written = async {
            let mut tx = db.write_within(PATIENCE).await?;
            write(&mut tx, &person, action, subject).await?;
            Ok::<_, Error>(tx.commit().await?)
        };
        let written = written.await;
        if let Err(error) = &written {
            tracing::error!(%error, actor = person.email, %action, "cannot write an audit entry");
        }
        written
    })
}
