//! What every HTTP server here needs, the simulator's as well: problems, guards, cookies, files.

pub mod assets;
pub mod back;
pub mod cookies;
pub mod flash;
pub mod guard;
pub mod problem;
