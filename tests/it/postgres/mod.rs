//! PostgreSQL-only features: several instances, server restarts, replicas. Features of both engines are
//! covered by the other tests with TEST_DATABASE=postgres.

#[cfg(test)]
mod commands;
#[cfg(test)]
mod copy;
#[cfg(test)]
mod distribute;
#[cfg(test)]
mod instances;
#[cfg(test)]
mod replica;
#[cfg(test)]
mod restart;
#[cfg(test)]
mod tables;
#[cfg(test)]
mod takeover;
#[cfg(test)]
mod writers;

use crate::accounts::support as house;
use crate::chaos::process;
use crate::common::{cluster, signed_in};
use crate::sync::{catalogue, support};
