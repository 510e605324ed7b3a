//! Transactions. On a distributed database the machines may commit one after the other, so that the end of a
//! transaction is followed by the word that all of it can be seen.

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use tokio::time::timeout;

use super::{Conn, Db, Transaction, meta};

/// How long a commit waits for the word that all of it can be seen.
pub(super) const LONGEST: Duration = Duration::from_secs(1);

/// A transaction: what was written is kept by [`Self::commit`] and undone otherwise.
#[derive(Debug)]
pub struct Tx {
    inner: Transaction,
    /// Of the one that may write, where the database is distributed.
    distributed: Option<Db>,
}

impl Tx {
    /// One that raises no version.
    pub(super) fn beside(inner: Transaction) -> Self {
        Tx { inner, distributed: None }
    }

    /// The one that may write: no other has machines that have still to commit.
    pub(super) fn writing(inner: Transaction, db: &Db) -> Self {
        Tx { inner, distributed: db.is_distributed.then(|| db.clone()) }
    }

    /// Keeps what was written.
    ///
    /// # Errors
    /// The database failed; whether anything is kept is known where it can be asked again.
    pub async fn commit(mut self) -> Result<(), sqlx::Error> {
        let Some(db) = self.distributed else { return self.inner.commit().await };
        let raised = meta::unsettled(&mut self.inner).await?;
        self.inner.commit().await?;
        if let Some(raised) = raised {
            // What was written is kept. Until a next commit settles it, reports come from the tables.
            let settling = tokio::spawn(async move {
                match db.settle(raised).await {
                    Ok(true) => {}
                    Ok(false) => tracing::debug!("some machine has still to commit"),
                    Err(error) => {
                        tracing::warn!(%error, "reports are not kept in memory until something is written again");
                    }
                }
            });
            // Nobody waits longer for a machine that hangs.
            let _ = timeout(LONGEST, settling).await;
        }
        Ok(())
    }

    /// Undoes what was written.
    ///
    /// # Errors
    /// The database failed, and undoes it by itself.
    pub async fn rollback(self) -> Result<(), sqlx::Error> {
        self.inner.rollback().await
    }
}

impl Deref for Tx {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.inner
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.inner
    }
}
