//! Fault injection: processes running syncs, backups and restores are killed, paused, stopped and locked out.
//! Nothing is lost or written twice, and the remaining processes continue.

mod backup;
mod command;
mod commands;
pub mod files;
#[cfg(target_os = "linux")]
mod full;
mod kill;
mod locked;
mod pause;
pub mod process;
mod stop;

use crate::common::{engine, signed_in};
use crate::sync::{catalogue, support};
