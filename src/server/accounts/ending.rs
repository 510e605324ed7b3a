//! Ends sessions and accounts immediately, even while another transaction holds the write lock: endings take effect
//! in memory first, and their rows follow once they can be written. Only one process serves a SQLite file, so its
//! memory is enough. On PostgreSQL, sessions end in a concurrent transaction.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::time::{sleep, timeout};

use super::sessions::{MAX_AGE_MS, liveness_cutoff};
use super::users::{AccountChange, change_in, may_be_disabled};
use super::{Person, audit};
use crate::domain::accounts::Action;
use crate::server::accounts::Accounts;
use crate::server::base::clock::now_ms;
use crate::server::error::Error;
use crate::server::store::tables::sessions as stored;
use crate::server::store::tables::sessions::Session;
use crate::server::store::{Conn, Db};

/// How long a request waits for the write; after that it continues in the background.
const WRITE_WAIT: Duration = Duration::from_millis(300);
/// How long the background write waits for the lock: after this no session that existed is still valid.
const PATIENCE: Duration = Duration::from_millis(MAX_AGE_MS.cast_unsigned());
/// Between two attempts.
const RETRY: Duration = Duration::from_secs(5);

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// A session of a user, ended by sign-out or revoked from another device.
    Session {
        user_id: String,
        id: String,
        /// The action recorded in the audit log.
        action: Action,
    },
    /// All sessions of a user that began no later than `until`.
    Sessions {
        user_id: String,
        /// In milliseconds since 1970-01-01.
        until: i64,
    },
    /// A whole account; [`super::users::disable`] has already checked that it may be disabled.
    Account { user_id: String },
}

/// Endings of this process that are not written yet.
#[derive(Debug, Clone, Default)]
pub struct Ending(Arc<Mutex<Arc<Vec<Ended>>>>);

/// A snapshot of [`Ending`].
#[derive(Debug, Clone)]
pub struct Unwritten(Arc<Vec<Ended>>);

impl Ending {
    /// Endings not yet written. Read this before the database: an ending moves from here to there, so it is always
    /// in one of them.
    pub fn unwritten(&self) -> Unwritten {
        Unwritten(Arc::clone(&self.lock()))
    }

    /// Waits until all is written.
    pub async fn written(&self) {
        while !self.lock().is_empty() {
            sleep(Duration::from_millis(20)).await;
        }
    }

    fn add(&self, ended: Ended) {
        let mut all = self.lock();
        if !all.contains(&ended) {
            Arc::make_mut(&mut all).push(ended);
        }
    }

    fn remove(&self, ended: &Ended) {
        Arc::make_mut(&mut self.lock()).retain(|one| one != ended);
    }

    fn lock(&self) -> MutexGuard<'_, Arc<Vec<Ended>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Unwritten {
    pub fn has_session(&self, of: &str, session: &Session) -> bool {
        self.0.iter().any(|ended| match ended {
            Ended::Session { user_id, id, .. } => user_id == of && *id == session.id,
            // Those from the future began before the clock was set back.
            Ended::Sessions { user_id, until } => {
                user_id == of && (session.created_at <= *until || session.created_at > now_ms())
            }
            Ended::Account { user_id } => user_id == of,
        })
    }

    pub fn has_account(&self, of: &str) -> bool {
        self.0.iter().any(|ended| matches!(ended, Ended::Account { user_id } if user_id == of))
    }
}

/// Ends sessions or an account; returns whether the change is already written.
///
/// # Errors
/// It may not be ended, or does not exist; the database failed.
pub async fn end(context: Accounts<'_>, by: &Person, ended: Ended) -> Result<bool, Error> {
    let db = context.db;
    if !db.is_served_by_one() {
        // The check for the last admin needs the exclusive write transaction.
        let beside = match ended {
            Ended::Account { .. } => None,
            Ended::Session { .. } | Ended::Sessions { .. } => db.write_concurrently().await?,
        };
        let mut tx = match beside {
            Some(tx) => tx,
            None => db.write().await?,
        };
        ended.write(&mut tx, by).await?;
        tx.commit().await?;
        return Ok(true);
    }
    // Added before the check: of two admins who disable each other, neither passes it.
    context.ending.add(ended.clone());
    let checked = async { ended.check(&mut *db.read().await?, &context.ending.unwritten()).await };
    if let Err(error) = checked.await {
        context.ending.remove(&ended);
        return Err(error);
    }
    let writing = tokio::spawn(write(context.ending.clone(), db.clone(), by.clone(), ended));
    match timeout(WRITE_WAIT, writing).await {
        Ok(Ok(written)) => written.map(|()| true),
        Ok(Err(stopped)) => std::panic::resume_unwind(stopped.into_panic()),
        // The write continues in the background.
        Err(_) => Ok(false),
    }
}

async fn write(ending: Ending, db: Db, by: Person, ended: Ended) -> Result<(), Error> {
    let until = Instant::now() + PATIENCE;
    loop {
        let written = async {
            let mut tx = db.write_within(PATIENCE).await?;
            ended.write(&mut tx, &by).await?;
            Ok(tx.commit().await?)
        };
        match written.await {
            Ok(()) => {
                ending.remove(&ended);
                return Ok(());
            }
            Err(error @ (Error::NotFound { .. } | Error::Invalid(_))) => {
                ending.remove(&ended);
                tracing::warn!(%error, ?ended, "not ended after all");
                return Err(error);
            }
            // Such as a full disk: it is in effect meanwhile.
            Err(error) if Instant::now() < until => {
                tracing::warn!(%error, ?ended, "ended, but not stored yet");
                sleep(RETRY).await;
            }
            Err(error) => {
                tracing::error!(%error, ?ended, "ended only until the next start");
                return Err(error);
            }
        }
    }
}

impl Ended {
    /// Checks that need no write transaction.
    async fn check(&self, conn: &mut Conn, pending: &Unwritten) -> Result<(), Error> {
        match self {
            Ended::Session { user_id, id, action: Action::SessionRevoked } => {
                let held = stored::by_id(conn, id, liveness_cutoff()).await?;
                held.filter(|held| held.user.id == *user_id).map(drop).ok_or_else(|| no_session(id))
            }
            Ended::Account { user_id } => may_be_disabled(conn, user_id, pending).await,
            Ended::Session { .. } | Ended::Sessions { .. } => Ok(()),
        }
    }

    async fn write(&self, conn: &mut Conn, by: &Person) -> Result<(), Error> {
        match self {
            Ended::Session { user_id, id, action } => {
                let was_there = stored::end(conn, user_id, id).await?;
                if !was_there && *action == Action::SessionRevoked {
                    return Err(no_session(id));
                }
                audit::write(conn, by, *action, "").await
            }
            Ended::Sessions { user_id, until } => {
                stored::end_until(conn, user_id, *until, now_ms()).await?;
                audit::write(conn, by, Action::SessionRevoked, "all").await
            }
            Ended::Account { user_id } => {
                change_in(conn, by, user_id, &AccountChange::Disable).await.map(drop)
            }
        }
    }
}

fn no_session(id: &str) -> Error {
    Error::NotFound { what: "session", id: id.to_owned() }
}
