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
    /// Set for the write transaction of a distributed database.
    distributed: Option<Db>,
}

impl Tx {
    /// A transaction that changes no version.
    pub(super) fn unversioned(inner: Transaction) -> Self {
        Tx { inner, distributed: None }
    }

    /// The write transaction, the only one whose commit needs a visibility check.
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
            // The commit is durable. Until it is marked as visible, reports bypass the cache.
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
    /// The database failed, and rolls back by itself.
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
