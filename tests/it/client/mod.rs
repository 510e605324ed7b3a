//! The Soundcharts client against a configurable local stub and against the simulator.

mod certificates;
mod credentials;
mod endpoints;
mod limits;
mod pages;
mod retries;
mod simulator;
mod stub;
mod windows;
