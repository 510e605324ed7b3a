//! PostgreSQL-only features: several instances, server restarts, replicas. Features of both engines are
//! covered by the other tests with TEST_DATABASE=postgres.

#![cfg(feature = "ssr")]

#[cfg(test)]
#[path = "../sync/catalogue.rs"]
mod catalogue;
#[cfg(test)]
#[path = "../common/cluster.rs"]
mod cluster;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod copy;
#[cfg(test)]
mod distribute;
#[cfg(test)]
mod engine;
#[cfg(test)]
#[path = "../accounts/support.rs"]
mod house;
#[cfg(test)]
mod instances;
#[cfg(test)]
#[path = "../chaos/process.rs"]
mod process;
#[cfg(test)]
#[path = "../sync/question.rs"]
mod question;
#[cfg(test)]
mod replica;
#[cfg(test)]
mod restart;
#[cfg(test)]
#[path = "../common/signed_in.rs"]
mod signed_in;
#[cfg(test)]
#[path = "../sync/support.rs"]
mod support;
#[cfg(test)]
mod tables;
#[cfg(test)]
mod takeover;
#[cfg(test)]
mod writers;
