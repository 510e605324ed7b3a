//! Shares one database poll among all clients that watch the same thing.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

/// Watched values by key.
#[derive(Debug)]
pub struct SharedPolls<K, V>(Mutex<HashMap<K, watch::Sender<V>>>);

impl<K, V> Default for SharedPolls<K, V> {
    fn default() -> Self {
        SharedPolls(Mutex::default())
    }
}

impl<K, V> SharedPolls<K, V>
where
    K: Clone + Eq + Hash + Send + 'static,
    V: PartialEq + Send + Sync + 'static,
{
    /// A stream of values: `first`, then the result of each poll while there are watchers.
    pub fn watch<L>(
        self: &Arc<Self>,
        key: K,
        first: V,
        pause: Duration,
        look: impl Fn() -> L + Send + 'static,
    ) -> watch::Receiver<V>
    where
        L: Future<Output = V> + Send,
    {
        let mut watched = self.watched();
        if let Some(sender) = watched.get(&key) {
            return sender.subscribe();
        }
        let (sender, receiver) = watch::channel(first);
        watched.insert(key.clone(), sender.clone());
        let all = Arc::clone(self);
        tokio::spawn(async move {
            loop {
                sleep(pause).await;
                if all.forget_if_unwatched(&key, &sender) {
                    return;
                }
                let seen = look().await;
                sender.send_if_modified(|last| {
                    let is_new = *last != seen;
                    *last = seen;
                    is_new
                });
            }
        });
        receiver
    }

    /// Removes the entry when the last watcher is gone; returns whether it was.
    fn forget_if_unwatched(&self, key: &K, sender: &watch::Sender<V>) -> bool {
        let mut watched = self.watched();
        let is_left = sender.receiver_count() == 0;
        if is_left {
            watched.remove(key);
        }
        is_left
    }

    fn watched(&self) -> MutexGuard<'_, HashMap<K, watch::Sender<V>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test]
    async fn there_is_one_look_for_all_and_none_for_nobody() {
        let (watched, looks) = (Arc::new(SharedPolls::default()), Arc::new(AtomicU32::new(0)));
        let watch = || {
            let looks = Arc::clone(&looks);
            watched.watch("a", 0, Duration::from_millis(5), move || {
                let number = looks.fetch_add(1, Ordering::SeqCst) + 1;
                async move { number }
            })
        };
        let mut all: Vec<_> = (0..100).map(|_| watch()).collect();
        while looks.load(Ordering::SeqCst) < 3 {
            all[0].changed().await.unwrap();
        }
        assert!(all.iter().all(|one| *one.borrow() >= 2));
        drop(all);
        while !watched.0.lock().unwrap().is_empty() {
            sleep(Duration::from_millis(1)).await;
        }
        assert!(looks.load(Ordering::SeqCst) < 100, "they share each look");
    }
}
