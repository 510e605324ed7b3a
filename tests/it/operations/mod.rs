//! Database operations: upgrade, backup, restore, check.

#[cfg(test)]
mod backup;
#[cfg(test)]
mod check;
#[cfg(test)]
mod restore;
#[cfg(test)]
mod support;
#[cfg(test)]
mod version;

use crate::common::shell;
