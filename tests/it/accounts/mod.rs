//! Authentication and authorization on the real server: every route and role, sessions, tokens, sign-in,
//! account screens, security headers.

mod attacks;
mod confirm;
mod initial_passwords;
mod logs;
mod provider;
mod real_provider;
mod screens;
mod second_factor;
mod sessions;
mod sign_in;
mod single_sign_on;
pub mod support;
mod tampered;
mod tokens;
mod visitor;
mod walk;

use crate::common::{engine, signed_in};
