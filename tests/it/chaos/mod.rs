//! Fault injection: processes running syncs, backups and restores are killed, paused, stopped and locked out.
//! Nothing is lost or written twice, and the remaining processes continue.

#[cfg(test)]
mod backup;
#[cfg(test)]
mod command;
#[cfg(test)]
mod commands;
#[cfg(test)]
pub mod files;
#[cfg(all(test, target_os = "linux"))]
mod full;
#[cfg(test)]
mod kill;
#[cfg(test)]
mod locked;
#[cfg(test)]
mod pause;
#[cfg(test)]
pub mod process;
#[cfg(test)]
mod stop;

use crate::common::{engine, signed_in};
use crate::sync::{catalogue, support};
