//! Counts of things in use by key, such as an account or an address.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

/// Counts by key; zero counts are not stored. Clones share the counts.
#[derive(Debug, Clone)]
pub(super) struct KeyedCounter<K>(Arc<Mutex<HashMap<K, u32>>>);

/// A counted use, until dropped.
#[derive(Debug)]
pub(super) struct KeyedPermit<K: Eq + Hash> {
    counts: KeyedCounter<K>,
    key: K,
}

impl<K: Eq + Hash> Default for KeyedCounter<K> {
    fn default() -> Self {
        KeyedCounter(Arc::default())
    }
}

impl<K: Eq + Hash + Clone> KeyedCounter<K> {
    /// Increments a count; `None` if the key is at its limit.
    pub fn take(&self, key: K, most: u32) -> Option<KeyedPermit<K>> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(key.clone()).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(KeyedPermit { counts: self.clone(), key })
    }

    #[cfg(test)]
    pub fn keys(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

impl<K: Eq + Hash> Drop for KeyedPermit<K> {
    fn drop(&mut self) {
        let mut counts = self.counts.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.key);
            }
        }
    }
}
