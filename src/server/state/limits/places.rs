//! Concurrency permits by kind, counted in the metrics.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::Reason;
use crate::server::web::problem::HttpError;

/// A pool of permits of one kind.
#[derive(Debug)]
pub struct PermitPool {
    of: &'static str,
    free: Arc<Semaphore>,
}

/// A permit, held until dropped.
#[derive(Debug)]
pub struct Permit {
    of: &'static str,
    _permit: OwnedSemaphorePermit,
}

impl PermitPool {
    /// A pool with all permits free.
    pub fn new(of: &'static str, count: usize) -> Self {
        PermitPool { of, free: Arc::new(Semaphore::new(count)) }
    }

    /// Number of free permits.
    pub fn free(&self) -> usize {
        self.free.available_permits()
    }

    /// Acquires a permit if one is free.
    pub fn try_acquire(&self) -> Option<Permit> {
        Some(self.taken(Arc::clone(&self.free).try_acquire_owned().ok()?))
    }

    /// Acquires a permit or returns an error response.
    ///
    /// # Errors
    /// All are taken.
    pub fn acquire(&self) -> Result<Permit, HttpError> {
        self.try_acquire().ok_or_else(|| {
            let detail = "Too many concurrent requests; try again in a second.";
            Reason::Places.refuse(StatusCode::SERVICE_UNAVAILABLE, detail).retry_after(1)
        })
    }

    /// Acquires a permit if one becomes free in time.
    pub async fn acquire_within(&self, patience: Duration) -> Option<Permit> {
        Some(self.taken(timeout(patience, Arc::clone(&self.free).acquire_owned()).await.ok()?.ok()?))
    }

    fn taken(&self, permit: OwnedSemaphorePermit) -> Permit {
        metrics::gauge!("http_places_in_use", "of" => self.of).increment(1.0);
        Permit { of: self.of, _permit: permit }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        metrics::gauge!("http_places_in_use", "of" => self.of).decrement(1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_given_back() {
        let places = PermitPool::new("tests", 1);
        let place = places.acquire().ok().unwrap();
        assert!(places.acquire().is_err() && places.free() == 0);
        drop(place);
        assert!(places.acquire().is_ok());
    }
}
