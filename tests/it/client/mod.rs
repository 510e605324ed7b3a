//! The Soundcharts client against a configurable local stub and against the simulator.

#[cfg(test)]
mod certificates;
#[cfg(test)]
mod credentials;
#[cfg(test)]
mod endpoints;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod retries;
#[cfg(test)]
mod simulator;
#[cfg(test)]
mod stub;
#[cfg(test)]
mod windows;
