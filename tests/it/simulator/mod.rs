//! The provider simulator, tested over HTTP.

#[cfg(test)]
mod charts;
#[cfg(test)]
mod control;
#[cfg(test)]
mod credentials;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod series;
#[cfg(test)]
mod shapes;
#[cfg(test)]
mod sources;
#[cfg(test)]
mod support;
