//! Shared by all HTTP servers, including the simulator: problem details, guards, cookies, static files.

pub mod assets;
pub mod cookies;
pub mod flash;
pub mod guard;
pub mod problem;
pub mod redirect_back;
