//! Memory for large responses that wait for their readers: a budget for all of them, however many read slowly.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The budget in bytes.
const BUDGET: u64 = 256 << 20;
/// The budget is given out in units of this many bytes; smaller responses need none.
pub const UNIT: u64 = 64 * 1024;

/// What is left of the budget.
#[derive(Debug)]
pub struct LargeResponses(Arc<Semaphore>);

impl Default for LargeResponses {
    fn default() -> Self {
        LargeResponses(Arc::new(Semaphore::new((BUDGET / UNIT) as usize)))
    }
}

impl LargeResponses {
    /// Takes a share of the budget, if that much is left. A response larger than the budget takes all of it.
    pub fn try_take(&self, bytes: u64) -> Option<OwnedSemaphorePermit> {
        let units = u32::try_from(bytes.min(BUDGET).div_ceil(UNIT)).ok()?;
        Arc::clone(&self.0).try_acquire_many_owned(units).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_shared_and_one_larger_response_fits() {
        let large = LargeResponses::default();
        let half = large.try_take(BUDGET / 2).unwrap();
        assert!(large.try_take(BUDGET).is_none() && large.try_take(BUDGET / 2).is_some());
        drop(half);
        assert!(large.try_take(BUDGET * 3).is_some());
    }
}
