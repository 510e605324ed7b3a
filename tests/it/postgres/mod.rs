//! PostgreSQL-only features: several instances, server restarts, replicas. Features of both engines are
//! covered by the other tests with TEST_DATABASE=postgres.

mod commands;
mod copy;
mod distribute;
mod instances;
mod replica;
mod restart;
mod tables;
mod takeover;
mod writers;

use crate::accounts::support as house;
use crate::chaos::process;
use crate::common::{cluster, signed_in};
use crate::sync::{catalogue, support};
