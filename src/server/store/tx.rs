//! Transactions. The nodes of a distributed database may commit one after the other, so a commit there is
//! followed by a check that all of it is visible.

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use tokio::time::timeout;

use super::{Conn, Db};
use crate::server::store::sql::Transaction;
use crate::server::store::tables::meta;

/// Maximum time a commit waits until it is visible on all nodes.
pub(super) const COMMIT_TIMEOUT: Duration = Duration::from_secs(1);

/// A transaction, rolled back unless [`Self::commit`] is called.
#[derive(Debug)]
pub struct Tx {
    inner: Transaction,
    /// Of the one that may write, where the database is distributed.
    distributed: Option<Db>,
}

impl Tx {
    /// One that raises no version.
    pub(super) fn unversioned(inner: Transaction) -> Self {
        Tx { inner, distributed: None }
    }

    /// The one that may write: no other has machines that have still to commit.
    pub(super) fn writing(inner: Transaction, db: &Db) -> Self {
        Tx { inner, distributed: db.is_distributed.then(|| db.clone()) }
    }

    /// Commits.
    ///
    /// # Errors
    /// The database failed; query again to learn whether the commit took effect.
    pub async fn commit(mut self) -> Result<(), sqlx::Error> {
        let Some(db) = self.distributed else { return self.inner.commit().await };
        let raised = meta::uncommitted_sum(&mut self.inner).await?;
        self.inner.commit().await?;
        if let Some(raised) = raised {
            // What was written is kept. Until a next commit settles it, reports come from the tables.
            let settling = tokio::spawn(async move {
                match db.settle(raised).await {
                    Ok(true) => {}
                    Ok(false) => tracing::debug!("a node has not committed yet"),
                    Err(error) => {
                        tracing::warn!(%error, "report cache disabled until the next write");
                    }
                }
            });
            // Do not wait longer for a node that hangs.
            let _ = timeout(COMMIT_TIMEOUT, settling).await;
        }
        Ok(())
    }

    /// Rolls back.
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
