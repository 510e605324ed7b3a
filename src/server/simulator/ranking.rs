//! One ranking of a chart, with every position.

use axum::extract::Path;
use axum::response::Response;
use serde_json::{Value, json};

use super::chart::Chart;
use super::page::MOST;
use super::refusal::Refusal;
use super::request::SimRequest;
use super::timestamp::noon;
use crate::domain::Day;

/// `GET chart/song/{slug}/ranking/{date}`: `latest`, or a timestamp exactly as in the list; otherwise 404. Paths
/// before `v2.14` have no metric.
pub async fn ranking(
    ask: SimRequest,
    Path((_, slug, date)): Path<(String, String, String)>,
) -> Result<Response, Refusal> {
    let slice = ask.slice(MOST)?;
    let chart = ask.world.chart(&slug)?;
    let today = ask.simulator.today();
    let day = if date == "latest" {
        chart.rankings.days.range(..=today).next_back().map(|(day, _)| *day)
    } else {
        let day = date.get(..10).and_then(|day| day.parse().ok());
        day.filter(|day| *day <= today && chart.rankings.days.contains_key(day) && chart.time(*day) == date)
    };
    let day = day.ok_or_else(Refusal::not_found)?;
    let mut about = chart.as_item();
    if let Some(metric) = chart.metric().filter(|_| ask.minor >= 14) {
        about["metric"] =
            json!({"type": metric, "description": format!("{metric} in the period of the chart")});
    }
    let related = json!({"chart": about, "date": chart.time(day)});
    Ok(ask.list(slice, Some(related), places(&ask, chart, day)))
}

fn places(ask: &SimRequest, chart: &Chart, day: Day) -> Vec<Value> {
    let known = chart.rankings.days.get(&day).map(Vec::as_slice).unwrap_or_default();
    let mut places = Vec::new();
    let mut rest = known.iter().peekable();
    for position in 1..=chart.positions() {
        if rest.peek().is_none_or(|(place, _)| *place > position) {
            places.push(stranger(ask, chart, position, day));
        }
        // Custom data may have two songs at one position.
        while let Some((_, song)) = rest.next_if(|(place, _)| *place == position) {
            places.push(place(ask, chart, position, *song, day));
        }
    }
    places
}

fn place(ask: &SimRequest, chart: &Chart, position: u32, song: usize, day: Day) -> Value {
    let history = chart.rankings.songs.get(&song).map(Vec::as_slice).unwrap_or_default();
    let so_far = &history[..history.partition_point(|(its, _)| *its < day)];
    let old = so_far.last().map(|(_, position)| *position);
    let mut item = item(ask, chart, position, ask.world.songs[song].light(&ask.world), day);
    item["oldPosition"] = json!(old);
    item["positionEvolution"] = old.map_or(0, |old| i64::from(old) - i64::from(position)).into();
    item["entryState"] = if old.is_none() { "NEW" } else { "" }.into();
    item["entryDate"] = noon(history.first().map_or(day, |(first, _)| *first)).into();
    item["timeOnChart"] = (so_far.len() + 1).into();
    item
}

/// A song that no other endpoint knows.
fn stranger(ask: &SimRequest, chart: &Chart, position: u32, day: Day) -> Value {
    let song = json!({
        "uuid": chart.stranger(position),
        "name": format!("Somebody Else's Song {position}"),
        "creditName": "Somebody Else",
        "imageUrl": null,
    });
    item(ask, chart, position, song, day)
}

fn item(ask: &SimRequest, chart: &Chart, position: u32, song: Value, day: Day) -> Value {
    let metric = chart.metric().map(|_| 1_000_000 / i64::from(position));
    let mut item = json!({
        "song": song,
        "position": position,
        "positionEvolution": 0,
        "entryState": "",
        "entryDate": noon(day),
        "rankDate": noon(day),
        "oldPosition": position,
        "timeOnChart": 1,
        "timeOnChartUnit": chart.facts.frequency.as_str(),
    });
    if ask.minor >= 14 {
        item["metric"] = json!(metric);
    }
    item
}
