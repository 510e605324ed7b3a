//! Authentication and authorization on the real server: every route and role, sessions, tokens, sign-in,
//! account screens, security headers.

#[cfg(test)]
mod attacks;
#[cfg(test)]
mod confirm;
#[cfg(test)]
mod initial_passwords;
#[cfg(test)]
mod logs;
#[cfg(test)]
mod provider;
#[cfg(test)]
mod real_provider;
#[cfg(test)]
mod screens;
#[cfg(test)]
mod second_factor;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod single_sign_on;
#[cfg(test)]
pub mod support;
#[cfg(test)]
mod tampered;
#[cfg(test)]
mod tokens;
#[cfg(test)]
mod visitor;
#[cfg(test)]
mod walk;

use crate::common::{engine, signed_in};
