//! The provider simulator, tested over HTTP.

mod charts;
mod control;
mod credentials;
mod faults;
mod limits;
mod lists;
mod series;
mod shapes;
mod sources;
mod support;
