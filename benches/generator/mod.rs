//! Deterministic catalogue generator of any size: about twenty tracks per artist, on the five platforms
//! enabled by default, with two years of daily counters and a few missing days.

#![allow(dead_code, reason = "every benchmark uses its own part")]

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use music_analytics::domain::Day;
use music_analytics::domain::series::Observation;

/// Platform codes with the size of their counters (log2 of streams per day).
pub const PLATFORMS: [(&str, u32); 5] =
    [("spotify", 17), ("youtube", 16), ("shazam", 9), ("tiktok", 6), ("soundcloud", 11)];
/// Missing days per thousand.
const MISSING: u64 = 9;
/// Days per series.
const DAYS: i32 = 730;
/// Minimum number of artists, most without tracks, to make the name search realistic.
const ARTISTS: u64 = 100_000;
/// Average number of tracks per artist.
const TRACKS_PER_ARTIST: u64 = 20;

#[derive(Debug, Clone, Copy)]
pub struct Generator {
    pub tracks: u64,
    /// The first day with observations.
    pub first_day: Day,
}

/// Paths of the files of a catalogue.
#[derive(Debug, Clone)]
pub struct Files {
    /// Artists, tracks and their credits.
    pub catalogue: Vec<PathBuf>,
    /// Observations by track, platform and day.
    pub sorted: PathBuf,
    /// The same, sorted by day.
    pub by_day: PathBuf,
    /// Tracks in charts of two countries.
    pub charts: Vec<PathBuf>,
}

impl Files {
    pub fn remove(&self) {
        let all = self.catalogue.iter().chain([&self.sorted, &self.by_day]).chain(&self.charts);
        // A file that does not exist need not be deleted.
        all.for_each(|file| drop(std::fs::remove_file(file)));
    }
}

impl Generator {
    /// A catalogue with about this many observations, up to 2026-10-31.
    pub fn with_observations(observations: u64) -> Self {
        let per_track = PLATFORMS.len() as u64 * DAYS as u64;
        let last: Day = "2026-10-31".parse().expect("a date");
        Generator { tracks: observations.div_ceil(per_track).max(1), first_day: last - (DAYS - 1) }
    }

    /// Number of artists.
    pub fn artists(self) -> u64 {
        self.tracks.div_ceil(TRACKS_PER_ARTIST)
    }

    /// An artist's UUID.
    pub fn artist(self, number: u64) -> String {
        uuid('a', number)
    }

    /// A track's UUID.
    pub fn track(self, number: u64) -> String {
        uuid('7', number)
    }

    /// The artists of a track: one, or two for every twelfth track.
    pub fn artists_of(self, track: u64) -> Vec<u64> {
        let main = track / TRACKS_PER_ARTIST;
        // A nearby artist, so that an artist's tracks do not depend on the size of the catalogue.
        let guest = main / 4 * 4 + noise(&[1, track]) % 4;
        let is_shared = track.is_multiple_of(12) && guest != main && guest < self.artists();
        if is_shared { vec![main, guest] } else { vec![main] }
    }

    /// Writes all files; returns their paths and the number of observations.
    pub fn write(self, directory: &Path) -> std::io::Result<(Files, u64)> {
        let path = |name: &str| directory.join(name);
        let files = Files {
            catalogue: ["artists.csv", "tracks.csv", "track_artists.csv"].map(path).to_vec(),
            sorted: path("observations.csv"),
            by_day: path("observations_by_day.csv"),
            charts: vec![path("chart_entries.csv")],
        };
        let mut artists = create(&files.catalogue[0], "uuid,name")?;
        for number in 0..self.artists().max(ARTISTS) {
            writeln!(artists, "{},{}", self.artist(number), name(number))?;
        }
        artists.flush()?;
        let mut tracks = create(&files.catalogue[1], "uuid,name,isrc")?;
        let mut parts = create(&files.catalogue[2], "track_uuid,artist_uuid,role")?;
        for number in 0..self.tracks {
            writeln!(tracks, "{},{},QZ{number:010}", self.track(number), name(number ^ 0x5a5a))?;
            for (artist, role) in self.artists_of(number).into_iter().zip(["main", "featured"]) {
                writeln!(parts, "{},{},{role}", self.track(number), self.artist(artist))?;
            }
        }
        tracks.flush()?;
        parts.flush()?;
        let count = self.write_sorted(&files.sorted)?;
        self.write_charts(&files.charts[0])?;
        Ok((files, count))
    }

    /// Every 33rd track is in a chart for 60 days.
    fn write_charts(self, path: &Path) -> std::io::Result<()> {
        let mut out = create(path, "chart_slug,platform,country_code,date,track_uuid,position")?;
        for track in (0..self.tracks).step_by(33) {
            let (platform, _) = PLATFORMS[track as usize % 2];
            let country = ["IT", "US"][track as usize / 33 % 2];
            let first = self.first_day + (noise(&[5, track]) % 600) as i32;
            for day in first.up_to(first + 59) {
                let place = format!("top-{platform}-{country},{platform},{country},{day}");
                writeln!(out, "{place},{},{}", self.track(track), 1 + noise(&[6, track]) % 200)?;
            }
        }
        out.flush()
    }

    fn write_sorted(self, path: &Path) -> std::io::Result<u64> {
        let mut out = create(path, "track_uuid,platform,identifier,date,value")?;
        let days = self.days();
        let mut count = 0;
        for (name, mut counter) in self.counters() {
            for (day, date) in (0..).zip(&days) {
                if let Some(value) = counter.next(day) {
                    writeln!(out, "{name},{date},{value}")?;
                    count += 1;
                }
            }
        }
        out.flush()?;
        Ok(count)
    }

    /// Writes the content of the sorted file, sorted by day.
    pub fn write_by_day(self, path: &Path) -> std::io::Result<()> {
        let mut out = create(path, "track_uuid,platform,identifier,date,value")?;
        let mut counters: Vec<(String, Counter)> = self.counters().collect();
        for (day, date) in (0..).zip(self.days()) {
            for (name, counter) in &mut counters {
                if let Some(value) = counter.next(day) {
                    writeln!(out, "{name},{date},{value}")?;
                }
            }
        }
        out.flush()
    }

    /// Writes one more day for every counter; returns the number of observations.
    pub fn write_next_day(self, path: &Path) -> std::io::Result<u64> {
        let mut out = create(path, "track_uuid,platform,identifier,date,value")?;
        let date = self.first_day + DAYS;
        let mut count = 0;
        for (name, mut counter) in self.counters() {
            (0..DAYS as u64).for_each(|day| {
                counter.next(day);
            });
            writeln!(out, "{name},{date},{}", counter.total + counter.daily)?;
            count += 1;
        }
        out.flush()?;
        Ok(count)
    }

    /// All counters with the first columns of their lines.
    fn counters(self) -> impl Iterator<Item = (String, Counter)> {
        let of_track = move |track| {
            PLATFORMS.iter().enumerate().map(move |(platform, (code, _))| {
                let name = format!("{},{code},id{track}-{platform}", self.track(track));
                (name, Counter::new(track, platform))
            })
        };
        (0..self.tracks).flat_map(of_track)
    }

    /// The observations of a track on a platform, as in the files.
    pub fn series(self, track: u64, platform: usize) -> Vec<Observation> {
        let mut counter = Counter::new(track, platform);
        let days = self.first_day.up_to(self.first_day + (DAYS - 1));
        let value = |(number, day)| Some(Observation { day, value: counter.next(number)? as i64 });
        (0..).zip(days).filter_map(value).collect()
    }

    fn days(self) -> Vec<String> {
        self.first_day.up_to(self.first_day + (DAYS - 1)).map(|day| day.to_string()).collect()
    }
}

/// A lifetime total that grows by similar amounts every day.
#[derive(Debug, Clone)]
struct Counter {
    seed: u64,
    daily: u64,
    total: u64,
    behind: u64,
}

impl Counter {
    fn new(track: u64, platform: usize) -> Self {
        let seed = noise(&[2, track, platform as u64]);
        // Sizes vary by a factor of a thousand; most are small.
        let daily = (1 << PLATFORMS[platform].1) >> (seed % 11);
        Counter { seed, daily, total: daily * (seed >> 8 & 0x1ff), behind: 0 }
    }

    /// The value of the next day, which is number `day`, if there is one.
    fn next(&mut self, day: u64) -> Option<u64> {
        let noise = noise(&[self.seed, day]);
        // Sometimes the provider repeats a value and catches up the next day; rarely it corrects downwards.
        let grown = self.daily * (80 + noise % 41) / 100 + noise / 64 % 2;
        match noise % 8_192 {
            0 => self.total -= self.total / 50,
            1..=40 => self.behind += grown,
            _ => self.total += grown + std::mem::take(&mut self.behind),
        }
        (noise / 1_000_000 % 1_000 >= MISSING).then_some(self.total)
    }
}

/// An invented name of two or three syllables.
fn name(number: u64) -> String {
    const SYLLABLES: [&str; 32] = [
        "ka", "lo", "mi", "ra", "to", "ne", "su", "vi", "da", "po", "li", "ma", "ru", "so", "te", "na",
        "bel", "cor", "dan", "fer", "gal", "hur", "jin", "kel", "lun", "mor", "nor", "pel", "qui", "ros",
        "sal", "tor",
    ];
    let noise = noise(&[3, number]);
    let syllable = |place: u64| SYLLABLES[(noise >> (place * 8) & 31) as usize];
    let word: String = (0..2 + noise % 2).map(syllable).collect();
    format!("{word} {}", syllable(5))
}

fn uuid(kind: char, number: u64) -> String {
    let noise = noise(&[4, kind as u64, number]);
    let tail = format!("{noise:016x}");
    format!(
        "{kind}{number:07x}-{}-4{}-8{}-{}{:04x}",
        &tail[..4],
        &tail[4..7],
        &tail[7..10],
        &tail[8..],
        number & 0xffff
    )
}

/// SplitMix64 over all parts; deterministic across machines.
pub fn noise(parts: &[u64]) -> u64 {
    parts.iter().fold(0x9e37_79b9_7f4a_7c15, |state, part| {
        let mut z = (state ^ part).wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    })
}

fn create(path: &Path, header: &str) -> std::io::Result<BufWriter<std::fs::File>> {
    let mut out = BufWriter::with_capacity(1 << 20, std::fs::File::create(path)?);
    writeln!(out, "{header}")?;
    Ok(out)
}
