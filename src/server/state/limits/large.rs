//! Memory for large responses that wait for their readers: a common budget, however many clients read slowly.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::counts::{KeyedCounter, KeyedPermit};

/// The budget in bytes.
const BUDGET: u64 = 256 << 20;
/// The budget is given out in units of this many bytes; smaller responses need none.
pub const UNIT: u64 = 64 * 1024;

/// Large responses that one account may read at a time, so that it cannot take all of the budget.
const PER_ACCOUNT: u32 = 16;

/// What is left of the budget.
#[derive(Debug)]
pub struct LargeResponses {
    budget: Arc<Semaphore>,
    accounts: KeyedCounter<String>,
}

/// A share of the budget, until dropped.
#[derive(Debug)]
pub struct Share {
    _budget: OwnedSemaphorePermit,
    _account: KeyedPermit<String>,
}

impl Default for LargeResponses {
    fn default() -> Self {
        LargeResponses {
            budget: Arc::new(Semaphore::new((BUDGET / UNIT) as usize)),
            accounts: KeyedCounter::default(),
        }
    }
}

impl LargeResponses {
    /// Takes a share of the budget for an account, if that much is left. A response larger than the budget takes all of
    /// it.
    pub fn try_take(&self, account: &str, bytes: u64) -> Option<Share> {
        let account = self.accounts.take(account.to_owned(), PER_ACCOUNT)?;
        let units = u32::try_from(bytes.min(BUDGET).div_ceil(UNIT)).ok()?;
        let budget = Arc::clone(&self.budget).try_acquire_many_owned(units).ok()?;
        Some(Share { _budget: budget, _account: account })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_shared_and_one_larger_response_fits() {
        let large = LargeResponses::default();
        let half = large.try_take("a", BUDGET / 2).unwrap();
        assert!(large.try_take("b", BUDGET).is_none() && large.try_take("b", BUDGET / 2).is_some());
        drop(half);
        assert!(large.try_take("a", BUDGET * 3).is_some());
        let of_one: Vec<Share> = std::iter::from_fn(|| large.try_take("a", UNIT)).collect();
        assert_eq!(of_one.len(), PER_ACCOUNT as usize);
        assert!(large.try_take("b", BUDGET / 2).is_some(), "one account leaves room for others");
    }
}
