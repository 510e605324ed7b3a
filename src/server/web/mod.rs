//! What every HTTP server here needs, the simulator's as well: problems, guards, cookies, files.

pub mod assets;
pub mod cookies;
pub mod flash;
pub mod guard;
pub mod problem;
pub mod redirect_back;
