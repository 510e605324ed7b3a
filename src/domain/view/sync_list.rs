//! The page of syncs: newest first, twenty at a time.

use serde::{Deserialize, Serialize};

use super::encoding::decode;
use super::syncing::SYNC_OFF;
use crate::domain::format::grouped;
use crate::domain::sync::SyncStatus;

/// The page's path.
pub const PATH: &str = "/syncs";

/// A part of the list of syncs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncList {
    /// Newest first.
    pub syncs: Vec<SyncStatus>,
    /// How many come before them.
    pub skip: u32,
    /// How many to skip to read on; `None` at the end.
    pub next: Option<u32>,
    /// Calls left in the provider's billing term, if known.
    pub quota_left: Option<i64>,
    /// Whether anything can be fetched at all.
    pub can_fetch: bool,
}

impl SyncList {
    /// How many syncs the address passes over.
    pub fn skip_of(search: &str) -> u32 {
        let skip = decode(search).into_iter().find(|(name, _)| name == "skip");
        skip.and_then(|(_, value)| value.parse().ok()).unwrap_or(0)
    }

    /// The way to newer and older ones: words and link.
    pub fn links(&self) -> Vec<(&'static str, String)> {
        let newer = (self.skip > 0).then(|| ("Newer", self.skip.saturating_sub(20)));
        let older = self.next.map(|next| ("Older", next));
        let link = |skip: u32| if skip == 0 { PATH.to_owned() } else { format!("{PATH}?skip={skip}") };
        newer.into_iter().chain(older).map(|(words, skip)| (words, link(skip))).collect()
    }

    /// Whether any of them goes on.
    pub fn is_any_open(&self) -> bool {
        self.syncs.iter().any(|sync| sync.state.is_open())
    }

    /// What is known about the provider.
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
        let list = |skip, next| SyncList { syncs: Vec::new(), skip, next, quota_left: None, can_fetch: true };
        assert_eq!(SyncList::skip_of("skip=20&x=1"), 20);
        assert_eq!(SyncList::skip_of("skip=-1"), 0);
        assert!(list(0, None).links().is_empty());
        let links = list(20, Some(40)).links();
        assert_eq!(links, [("Newer", "/syncs".to_owned()), ("Older", "/syncs?skip=40".to_owned())]);
    }
}
