//! Somebody may watch an import, and stop it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::ProgressBar;

use crate::server::error::Error;

/// Shows how far an import is, and knows whether it is to stop.
#[derive(Debug, Clone)]
pub struct Watch {
    bar: ProgressBar,
    stop: Arc<AtomicBool>,
}

impl Watch {
    /// Shown on `bar`.
    pub fn new(bar: ProgressBar) -> Self {
        Watch { bar, stop: Arc::default() }
    }

    /// Shown nowhere.
    pub fn hidden() -> Self {
        Self::new(ProgressBar::hidden())
    }

    /// Asks the import to stop and to keep nothing of the file that it is at.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// # Errors
    /// [`Error::Stopped`] where somebody asked for it.
    pub fn check(&self) -> Result<(), Error> {
        if self.stop.load(Ordering::Relaxed) {
            Err(Error::Stopped("of the file that was being imported nothing is kept".to_owned()))
        } else {
            Ok(())
        }
    }

    /// Begins something of so many parts.
    pub fn begin(&self, what: String, parts: u64) {
        self.bar.set_message(what);
        self.bar.set_length(parts);
        self.bar.set_position(0);
        self.bar.reset_eta();
    }

    /// So many parts more are done.
    pub fn advance(&self, parts: u64) {
        self.bar.inc(parts);
    }

    /// Does something with the bar out of the way.
    pub fn aside(&self, work: impl FnOnce()) {
        self.bar.suspend(work);
    }

    /// The bar's work is over.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}
