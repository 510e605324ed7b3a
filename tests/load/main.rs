//! A server in a process of its own, of which many ask too much at once and never end: others are answered all the same,
//! and its memory stays small. Prints what it measured; of times it fails only far beyond the aims, because machines differ.

#![cfg(all(feature = "ssr", target_os = "linux"))]

#[cfg(test)]
#[path = "../sync/catalogue.rs"]
mod catalogue;
#[cfg(test)]
#[path = "../common/cluster.rs"]
mod cluster;
#[cfg(test)]
mod crowd;
#[cfg(test)]
#[path = "../common/engine.rs"]
mod engine;
#[cfg(test)]
#[path = "../chaos/files.rs"]
mod files;
#[cfg(test)]
mod limits;
#[cfg(test)]
#[path = "../chaos/process.rs"]
mod process;
#[cfg(test)]
#[path = "../sync/question.rs"]
mod question;
#[cfg(test)]
#[path = "../common/signed_in.rs"]
mod signed_in;
#[cfg(test)]
#[path = "../sync/support.rs"]
mod support;
