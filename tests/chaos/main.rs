//! Fault injection: processes running syncs, backups and restores are killed, paused, stopped and locked out.
//! Nothing is lost or written twice, and the remaining processes continue.

#![cfg(feature = "ssr")]

#[cfg(test)]
mod backup;
#[cfg(test)]
#[path = "../sync/catalogue.rs"]
mod catalogue;
#[cfg(test)]
#[path = "../common/cluster.rs"]
mod cluster;
#[cfg(test)]
mod command;
#[cfg(test)]
#[path = "../common/engine.rs"]
mod engine;
#[cfg(test)]
mod files;
#[cfg(all(test, target_os = "linux"))]
mod full;
#[cfg(test)]
mod kill;
#[cfg(test)]
mod locked;
#[cfg(test)]
mod pause;
#[cfg(test)]
mod process;
#[cfg(test)]
#[path = "../sync/question.rs"]
mod question;
#[cfg(test)]
#[path = "../common/signed_in.rs"]
mod signed_in;
#[cfg(test)]
mod stop;
#[cfg(test)]
#[path = "../sync/support.rs"]
mod support;
