//! Concurrency permits by kind, counted in the metrics.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::Reason;
use crate::server::web::problem::Refused;

/// A pool of permits of one kind.
#[derive(Debug)]
pub struct Places {
    of: &'static str,
    free: Arc<Semaphore>,
}

/// A permit, held until dropped.
#[derive(Debug)]
pub struct Place {
    of: &'static str,
    _permit: OwnedSemaphorePermit,
}

impl Places {
    /// A pool with all permits free.
    pub fn new(of: &'static str, count: usize) -> Self {
        Places { of, free: Arc::new(Semaphore::new(count)) }
    }

    /// Number of free permits.
    pub fn free(&self) -> usize {
        self.free.available_permits()
    }

    /// Acquires a permit if one is free.
    pub fn try_take(&self) -> Option<Place> {
        Some(self.taken(Arc::clone(&self.free).try_acquire_owned().ok()?))
    }

    /// Acquires a permit or returns an error response.
    ///
    /// # Errors
    /// All are taken.
    pub fn take(&self) -> Result<Place, Refused> {
        self.try_take().ok_or_else(|| {
            let detail = "Too many concurrent requests; try again in a second.";
            Reason::Places.refuse(StatusCode::SERVICE_UNAVAILABLE, detail).retry_after(1)
        })
    }

    /// Acquires a permit if one becomes free in time.
    pub async fn take_within(&self, patience: Duration) -> Option<Place> {
        Some(self.taken(timeout(patience, Arc::clone(&self.free).acquire_owned()).await.ok()?.ok()?))
    }

    fn taken(&self, permit: OwnedSemaphorePermit) -> Place {
        metrics::gauge!("http_places_in_use", "of" => self.of).increment(1.0);
        Place { of: self.of, _permit: permit }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        metrics::gauge!("http_places_in_use", "of" => self.of).decrement(1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_given_back() {
        let places = Places::new("tests", 1);
        let place = places.take().ok().unwrap();
        assert!(places.take().is_err() && places.free() == 0);
        drop(place);
        assert!(places.take().is_ok());
    }
}
