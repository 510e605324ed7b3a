//! The list of platforms.

use axum::response::Response;

use super::page::MOST;
use super::platform::Platform;
use super::refusal::Refusal;
use super::request::Ask;

/// `GET referential/platforms`.
pub async fn all(ask: Ask) -> Result<Response, Refusal> {
    list(&ask, |_| true)
}

/// `GET referential/platforms/social`.
pub async fn social(ask: Ask) -> Result<Response, Refusal> {
    list(&ask, |platform| platform.is_social)
}

/// `GET referential/platforms/streaming`.
pub async fn streaming(ask: Ask) -> Result<Response, Refusal> {
    list(&ask, |platform| platform.is_streaming)
}

/// `GET chart/song/platforms`.
pub async fn with_charts(ask: Ask) -> Result<Response, Refusal> {
    let world = ask.world.clone();
    list(&ask, |platform| world.charts.iter().any(|chart| chart.facts.platform == platform.code))
}

fn list(ask: &Ask, has: impl Fn(&Platform) -> bool) -> Result<Response, Refusal> {
    let platforms = ask.world.platforms.iter().filter(|platform| has(platform));
    Ok(ask.list(ask.slice(MOST)?, None, platforms.map(Platform::as_item).collect()))
}
