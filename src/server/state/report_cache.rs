//! Cache of recently sent reports: the same parameters on the same data get the same body without
//! recomputation. Entries are keyed by the versions of the data they are made of.

use std::sync::Arc;

use axum::http::HeaderValue;
use bytes::Bytes;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::domain::{Day, Query};
use crate::server::store::tables::meta::Versions;

/// Cache budget in bytes.
const CACHE_BYTES: u64 = 64 << 20;
/// Average size of a report, for the initial capacity.
const ESTIMATED_REPORT_BYTES: u64 = 20_000;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ReportCacheKey {
    pub query: Query,
    pub today: Day,
    pub versions: Versions,
}

/// A serialized report and its tag.
#[derive(Debug, Clone)]
pub struct CachedReport {
    pub tag: HeaderValue,
    pub json: Bytes,
}

#[derive(Debug, Clone)]
pub struct ReportCache(Arc<Cache<ReportCacheKey, CachedReport, Weight>>);

#[derive(Debug, Clone)]
struct Weight;

impl Weighter<ReportCacheKey, CachedReport> for Weight {
    fn weight(&self, asked: &ReportCacheKey, answer: &CachedReport) -> u64 {
        (500 + 20 * asked.query.artists.len() + answer.json.len()) as u64
    }
}

impl Default for ReportCache {
    fn default() -> Self {
        ReportCache(Arc::new(Cache::with_weighter(
            (CACHE_BYTES / ESTIMATED_REPORT_BYTES) as usize,
            CACHE_BYTES,
            Weight,
        )))
    }
}

impl ReportCache {
    /// The cached response to a query, if still current.
    pub fn get(&self, asked: &ReportCacheKey) -> Option<CachedReport> {
        self.0.get(asked)
    }

    pub fn keep(&self, asked: ReportCacheKey, answer: CachedReport) {
        self.0.insert(asked, answer);
    }
}
