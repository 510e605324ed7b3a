//! The provider's client against a stub on loopback that answers as each test says, and against the
//! simulator.

#![cfg(feature = "ssr")]

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
