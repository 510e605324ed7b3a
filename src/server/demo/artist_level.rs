//! Artist-level audience (S19 of docs/semantics.md): followers are a stock, monthly listeners a rolling window,
//! YouTube views a flow. None of it is part of track totals.

use super::growth::Growth;
use super::random::Dice;
use super::roster::Act;
use crate::domain::series::Observation;
use crate::domain::{Day, Metric};

/// Platforms with followers: code, and followers per daily stream (median, spread).
const FOLLOWED: [(&str, f64, f64); 4] =
    [("spotify", 2.2, 0.5), ("youtube", 1.1, 0.8), ("tiktok", 1.6, 1.0), ("instagram", 1.4, 0.7)];
/// Plays per listener in 28 days.
const PLAYS: i64 = 3;

/// An artist's platforms and metrics with the provider's values in a range. `songs` are the true counters of the
/// artist's songs, each with its platform.
pub fn observations(
    act: &Act,
    songs: &[(&str, Growth)],
    from: Day,
    to: Day,
) -> Vec<(&'static str, Metric, Vec<Observation>)> {
    let on = |platform| -> Vec<Growth> {
        songs.iter().filter(|(code, _)| *code == platform).map(|(_, growth)| *growth).collect()
    };
    let (spotify, youtube) = (on("spotify"), on("youtube"));
    let mut all: Vec<_> = FOLLOWED
        .iter()
        .map(|&(platform, median, spread)| {
            let dice = act.dice().and("followers").and(platform);
            let base = f64::from(act.daily) * dice.and("base").log_normal(median, spread);
            (platform, Metric::Followers, series(from, to, |day| followers(act, dice, base, day)))
        })
        .collect();
    let dice = act.dice().and("listeners");
    all.push(("spotify", Metric::Listeners, series(from, to, |day| listeners(&spotify, dice, day))));
    all.push(("youtube", Metric::Views, series(from, to, |day| views(&youtube, day))));
    all.sort_by_key(|(platform, metric, _)| (*platform, *metric));
    all
}

fn series(from: Day, to: Day, value: impl Fn(Day) -> Option<i64>) -> Vec<Observation> {
    from.up_to(to).filter_map(|day| Some(Observation { day, value: value(day)? })).collect()
}

/// A level that grows or shrinks over the years. The provider updates small artists only every few days, and misses
/// some days of large ones.
fn followers(act: &Act, dice: Dice, base: f64, day: Day) -> Option<i64> {
    let every = match base {
        ..500.0 => 5,
        500.0..5_000.0 => 3,
        5_000.0..100_000.0 => 2,
        _ => 1,
    };
    let is_seen = (day.number() + dice.below(every) as i32) % every as i32 == 0;
    if !is_seen || dice.nth(day.number().into()).below(60) == 0 {
        return None;
    }
    // 20000 is 2024-10-04.
    let years = f64::from(day.number() - 20_000) / 365.25;
    let gained = years * dice.and("a year").between(-0.08, 0.45);
    let trend = if gained >= 0.0 { 1.0 + gained } else { 1.0 / (1.0 - gained) };
    let [wave, _] = act.waves();
    let noise = dice.nth(day.number().into()).between(-0.0002, 0.0002);
    Some((base * (trend + 0.03 * wave.swell(day) + noise)) as i64)
}

/// Listeners in the 28 days up to this one; some days are missing.
fn listeners(songs: &[Growth], dice: Dice, day: Day) -> Option<i64> {
    let is_missing = dice.nth(day.number().into()).below(20) == 0;
    (!is_missing)
        .then(|| songs.iter().map(|song| song.total(day) - song.total(day - 28)).sum::<i64>() / PLAYS)
}

/// The day's views of all videos with the artist's songs.
fn views(songs: &[Growth], day: Day) -> Option<i64> {
    Some(songs.iter().map(|song| song.daily(day)).sum::<i64>() * 6 / 5)
}
