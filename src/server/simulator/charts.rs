//! The list of charts and their publication times.

use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;

use super::chart::Chart;
use super::page::MOST;
use super::refusal::Refusal;
use super::request::SimRequest;

/// The path of a chart.
#[derive(Debug, Deserialize)]
pub struct ChartPath {
    /// The provider's key.
    pub slug: String,
}

/// `GET chart/song/by-platform/{platform}`, optionally of one `countryCode`. Global charts have an empty one, city
/// charts a `cityName`. 404 if the platform has no charts.
pub async fn list(ask: SimRequest, Path((_, platform)): Path<(String, String)>) -> Result<Response, Refusal> {
    let of_platform = |chart: &&Chart| chart.facts.platform == platform;
    if !ask.world.charts.iter().any(|chart| of_platform(&chart)) {
        return Err(Refusal::missing("Platform not found."));
    }
    let country = ask.text("countryCode");
    let is_wanted =
        |chart: &&Chart| country.is_none_or(|code| chart.facts.country_code.eq_ignore_ascii_case(code));
    let charts = ask.world.charts.iter().filter(of_platform).filter(is_wanted);
    Ok(ask.list(ask.slice(MOST)?, None, charts.map(Chart::as_item).collect()))
}

/// `GET chart/song/{slug}/available-rankings`: timestamps, newest first; the order is not documented.
pub async fn dates(ask: SimRequest, Path(ChartPath { slug }): Path<ChartPath>) -> Result<Response, Refusal> {
    let chart = ask.world.chart(&slug)?;
    let today = ask.simulator.today();
    let days = chart.rankings.days.keys().rev().filter(|day| **day <= today);
    Ok(ask.list(ask.slice(MOST)?, Some(chart.as_item()), days.map(|day| chart.time(*day)).collect()))
}
