//! Database operations: upgrade, backup, restore, check.

#![cfg(feature = "ssr")]

#[cfg(test)]
mod backup;
#[cfg(test)]
mod check;
#[cfg(test)]
mod restore;
#[cfg(test)]
#[path = "../common/shell.rs"]
mod shell;
#[cfg(test)]
mod support;
#[cfg(test)]
mod version;
