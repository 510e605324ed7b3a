//! Progress and cancellation of an import.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::ProgressBar;

use crate::server::error::Error;

/// Progress display and cancellation flag of an import.
#[derive(Debug, Clone)]
pub struct ImportProgress {
    bar: ProgressBar,
    stop: Arc<AtomicBool>,
}

impl ImportProgress {
    /// With a progress bar.
    pub fn new(bar: ProgressBar) -> Self {
        ImportProgress { bar, stop: Arc::default() }
    }

    /// Without a display.
    pub fn hidden() -> Self {
        Self::new(ProgressBar::hidden())
    }

    /// Cancels the import; nothing of the current file is kept.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// # Errors
    /// [`Error::Stopped`] if cancelled.
    pub fn check(&self) -> Result<(), Error> {
        if self.stop.load(Ordering::Relaxed) {
            Err(Error::Stopped("of the file that was being imported nothing is kept".to_owned()))
        } else {
            Ok(())
        }
    }

    /// Starts a phase of the given length.
    pub fn begin(&self, what: String, parts: u64) {
        self.bar.set_message(what);
        self.bar.set_length(parts);
        self.bar.set_position(0);
        self.bar.reset_eta();
    }

    /// Advances the current phase.
    pub fn advance(&self, parts: u64) {
        self.bar.inc(parts);
    }

    /// Runs a closure with the bar hidden.
    pub fn aside(&self, work: impl FnOnce()) {
        self.bar.suspend(work);
    }

    /// Removes the bar.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}
