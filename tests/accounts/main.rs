//! Authentication and authorization on the real server: every route and role, sessions, tokens, sign-in,
//! account screens, security headers.

#![cfg(feature = "ssr")]

#[cfg(test)]
mod attacks;
#[cfg(test)]
#[path = "../common/cluster.rs"]
mod cluster;
#[cfg(test)]
mod confirm;
#[cfg(test)]
#[path = "../common/engine.rs"]
mod engine;
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
#[path = "../common/signed_in.rs"]
mod signed_in;
#[cfg(test)]
mod single_sign_on;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tampered;
#[cfg(test)]
mod tokens;
#[cfg(test)]
mod visitor;
#[cfg(test)]
mod walk;
