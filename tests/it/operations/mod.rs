//! Database operations: upgrade, backup, restore, check.

mod backup;
mod check;
mod restore;
mod support;
mod version;

use crate::common::shell;
