//! The list of platforms.

use axum::response::Response;

use super::page::MOST;
use super::platform::SimPlatform;
use super::refusal::Refusal;
use super::request::SimRequest;

/// `GET referential/platforms`.
pub async fn all(ask: SimRequest) -> Result<Response, Refusal> {
    list(&ask, |_| true)
}

/// `GET referential/platforms/social`.
pub async fn social(ask: SimRequest) -> Result<Response, Refusal> {
    list(&ask, |platform| platform.is_social)
}

/// `GET referential/platforms/streaming`.
pub async fn streaming(ask: SimRequest) -> Result<Response, Refusal> {
    list(&ask, |platform| platform.is_streaming)
}

/// `GET chart/song/platforms`.
pub async fn with_charts(ask: SimRequest) -> Result<Response, Refusal> {
    let world = ask.world.clone();
    list(&ask, |platform| world.charts.iter().any(|chart| chart.facts.platform == platform.code))
}

fn list(ask: &SimRequest, has: impl Fn(&SimPlatform) -> bool) -> Result<Response, Refusal> {
    let platforms = ask.world.platforms.iter().filter(|platform| has(platform));
    Ok(ask.list(ask.slice(MOST)?, None, platforms.map(SimPlatform::as_item).collect()))
}
