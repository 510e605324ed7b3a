//! Sessions and accounts that end at once, however long somebody else writes: they are known in memory from then on, and
//! their rows follow as soon as they can be written. One process serves a file, so that its memory is enough. A server's
//! sessions end beside whoever writes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::sessions::{MAX_AGE_MS, liveness_cutoff};
use super::users::{AccountChange, change_in};
use super::{Person, audit};
use crate::domain::accounts::Action;
use crate::server::accounts::Accounts;
use crate::server::error::Error;
use crate::server::store::tables::sessions as stored;
use crate::server::store::tables::sessions::Session;
use crate::server::store::{Conn, Db};

/// How long somebody waits for the rows; after that they are written in the background.
const MOMENT: Duration = Duration::from_millis(300);
/// How long the rows wait for others: afterwards no session lives that there was.
const PATIENCE: Duration = Duration::from_millis(MAX_AGE_MS.cast_unsigned());

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// A session of a user: they leave, or end it from elsewhere.
    Session {
        /// Whose it is.
        user_id: String,
        id: String,
        /// What it is to the audit log.
        action: Action,
    },
    /// The sessions of a user that began until a time, in milliseconds since 1970-01-01.
    Sessions {
        /// Whose they are.
        user_id: String,
        /// The time.
        until: i64,
    },
    /// What an account may do, after [`super::users::disable`] has asked whether it may be ended.
    Account { user_id: String },
}

/// What was ended in this process and is not written yet.
#[derive(Debug, Clone, Default)]
pub struct Ending(Arc<Mutex<Arc<Vec<Ended>>>>);

/// The same at a moment.
#[derive(Debug, Clone)]
pub struct Unwritten(Arc<Vec<Ended>>);

impl Ending {
    /// What is not written yet. It is looked at before the database: what was ended is in one of them then.
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
        Arc::make_mut(&mut self.lock()).push(ended);
    }

    fn remove(&self, ended: &Ended) {
        let mut all = self.lock();
        if let Some(at) = all.iter().position(|one| one == ended) {
            Arc::make_mut(&mut all).swap_remove(at);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Arc<Vec<Ended>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Unwritten {
    /// Whether a session of a user was ended.
    pub fn has_session(&self, of: &str, session: &Session) -> bool {
        self.0.iter().any(|ended| match ended {
            Ended::Session { user_id, id, .. } => user_id == of && *id == session.id,
            Ended::Sessions { user_id, until } => user_id == of && session.created_at <= *until,
            Ended::Account { user_id } => user_id == of,
        })
    }

    /// Whether an account was.
    pub fn has_account(&self, of: &str) -> bool {
        self.0.iter().any(|ended| matches!(ended, Ended::Account { user_id } if user_id == of))
    }
}

/// Ends something; answers whether that is written.
///
/// # Errors
/// It may not be ended, or is not there; the database failed.
pub async fn end(context: Accounts<'_>, by: &Person, ended: Ended) -> Result<bool, Error> {
    let db = context.db;
    if !db.is_served_by_one() {
        // Whether somebody is the last admin is for one after the other to ask.
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
    ended.check(&mut *db.read().await?).await?;
    context.ending.add(ended.clone());
    let writing = tokio::spawn(write(context.ending.clone(), db.clone(), by.clone(), ended));
    match timeout(MOMENT, writing).await {
        Ok(Ok(written)) => written.map(|()| true),
        Ok(Err(stopped)) => std::panic::resume_unwind(stopped.into_panic()),
        // It goes on.
        Err(_) => Ok(false),
    }
}

async fn write(ending: Ending, db: Db, by: Person, ended: Ended) -> Result<(), Error> {
    let written = async {
        let mut tx = db.write_within(PATIENCE).await?;
        ended.write(&mut tx, &by).await?;
        Ok(tx.commit().await?)
    };
    let written = written.await;
    match &written {
        Ok(()) => ending.remove(&ended),
        Err(error @ (Error::NotFound { .. } | Error::Invalid(_))) => {
            ending.remove(&ended);
            tracing::warn!(%error, ?ended, "what was ended goes on");
        }
        // It stays ended for as long as this process lives.
        Err(error) => tracing::error!(%error, ?ended, "what was ended begins again with the next start"),
    }
    written
}

impl Ended {
    /// What can be said before it is written.
    async fn check(&self, conn: &mut Conn) -> Result<(), Error> {
        match self {
            Ended::Session { user_id, id, action: Action::SessionRevoked } => {
                let held = stored::by_id(conn, id, liveness_cutoff()).await?;
                held.filter(|held| held.user.id == *user_id).map(drop).ok_or_else(|| no_session(id))
            }
            Ended::Session { .. } | Ended::Sessions { .. } | Ended::Account { .. } => Ok(()),
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
                stored::end_until(conn, user_id, *until).await?;
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
