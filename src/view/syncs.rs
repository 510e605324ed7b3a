//! The page of syncs: newest first, twenty at a time.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::sync::SyncStatus;
use crate::domain::text::format::grouped;
use crate::view::analytics::syncing::SYNC_OFF;
use crate::view::forms::encoding::decode;

/// The page's path.
pub const PATH: &str = "/syncs";

/// A part of the list of syncs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncList {
    /// Newest first.
    pub syncs: Vec<SyncStatus>,
    /// Cursor of this page; `None` on the first page.
    pub after: Option<Uuid>,
    /// Cursor of the next page; `None` on the last. New syncs do not shift the pages.
    pub next: Option<Uuid>,
    /// Remaining calls in the billing term, if known.
    pub quota_left: Option<i64>,
    /// Whether syncing is enabled.
    pub can_fetch: bool,
}

impl SyncList {
    /// The cursor in a query string.
    pub fn cursor_of_address(search: &str) -> Option<Uuid> {
        let after = decode(search).into_iter().find(|(name, _)| name == "after");
        after.and_then(|(_, value)| value.parse().ok())
    }

    /// Links to the newest and to older syncs: label and href.
    pub fn links(&self) -> Vec<(&'static str, String)> {
        let newest = self.after.map(|_| ("Newest", PATH.to_owned()));
        let older = self.next.map(|next| ("Older", format!("{PATH}?after={next}")));
        newest.into_iter().chain(older).collect()
    }

    /// Whether any of them is queued or running.
    pub fn is_any_open(&self) -> bool {
        self.syncs.iter().any(|sync| sync.state.is_open())
    }

    /// The remaining quota, or why syncing is off.
    pub fn remark(&self) -> String {
        match (self.can_fetch, self.quota_left) {
            (false, _) => SYNC_OFF.to_owned(),
            (true, Some(left)) => {
                format!("{} Soundcharts calls are left in this billing term.", grouped(left.into()))
            }
            (true, None) => "How many Soundcharts calls are left is known after the first sync.".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leads_on_and_back() {
        let list =
            |after, next| SyncList { syncs: Vec::new(), after, next, quota_left: None, can_fetch: true };
        let uuid = Uuid::from_u128(7);
        assert_eq!(SyncList::cursor_of_address(&format!("after={uuid}&x=1")), Some(uuid));
        assert_eq!(SyncList::cursor_of_address("after=-1"), None);
        assert!(list(None, None).links().is_empty());
        let links = list(Some(uuid), Some(uuid)).links();
        assert_eq!(links, [("Newest", "/syncs".to_owned()), ("Older", format!("/syncs?after={uuid}"))]);
    }
}
