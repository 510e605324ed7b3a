//! A simulator on a free port with a small catalogue.

use std::collections::BTreeMap;
use std::sync::Arc;

use music_analytics::domain::catalogue::{
    Artist, ArtistKey, ArtistObservations, Catalogue, Chart, ChartEntry, Frequency, Source, Track,
    TrackArtist, TrackObservations,
};
use music_analytics::domain::series::Observation;
use music_analytics::domain::{Day, Metric, Role};
use music_analytics::server::simulator::settings::{Knobs, Settings};
use music_analytics::server::simulator::{Simulator, serve};
use reqwest::header::HeaderMap;
use reqwest::{Client, ClientBuilder, RequestBuilder};
use serde_json::Value;
use uuid::Uuid;

/// The provider's current date, unless a test sets another.
pub const TODAY: &str = "2026-11-01";
/// Songs of the first artist: more than two pages.
pub const SONGS: usize = 230;

pub struct Provider {
    pub simulator: Arc<Simulator>,
    pub base: String,
    pub client: Client,
}

/// A response.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: Value,
}

pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub fn artist(number: u128) -> Uuid {
    Uuid::from_u128(0xa000 + number)
}

pub fn song(number: u128) -> Uuid {
    Uuid::from_u128(0x5000 + number)
}

impl Provider {
    /// With these settings; the date is [`TODAY`].
    pub async fn with(knobs: Knobs) -> Self {
        let knobs = Knobs { today: Some(knobs.today.unwrap_or(day(TODAY))), ..knobs };
        Self::start(Settings { extras: false, knobs, ..Settings::default() }).await
    }

    /// With faults, for example "cut@song".
    pub async fn faulty(faults: &[&str]) -> Self {
        let faults = faults.iter().map(|rule| rule.parse().unwrap()).collect();
        Self::with(Knobs { faults, ..Knobs::default() }).await
    }

    pub async fn start(settings: Settings) -> Self {
        Self::serve(Simulator::new(catalogue(), settings)).await
    }

    pub async fn serve(simulator: Simulator) -> Self {
        let simulator = Arc::new(simulator);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(serve(listener, Arc::clone(&simulator)));
        music_analytics::server::base::tls::install();
        let client = ClientBuilder::new().no_proxy().tls_certs_only([]).build().unwrap();
        Provider { simulator, base, client }
    }

    /// A request without credentials.
    pub fn bare(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.base))
    }

    pub fn request(&self, path: &str) -> RequestBuilder {
        self.bare(path).header("x-app-id", "soundcharts").header("x-api-key", "soundcharts")
    }

    pub async fn get(&self, path: &str) -> Reply {
        Reply::receive(self.request(path)).await
    }

    pub async fn status(&self, path: &str) -> u16 {
        self.get(path).await.status
    }

    /// The body of a successful response.
    pub async fn ok(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        assert_eq!(answer.body["errors"], serde_json::json!([]), "{path}");
        answer.body
    }

    /// Items of all pages, and the number of pages.
    pub async fn all(&self, path: &str) -> (Vec<Value>, usize) {
        let (mut items, mut pages, mut next) = (Vec::new(), 0, Some(path.to_owned()));
        while let Some(path) = next {
            let body = self.ok(&path).await;
            items.extend(body["items"].as_array().unwrap().clone());
            pages += 1;
            assert!(pages < 50, "{path} never ends");
            next = body["page"]["next"].as_str().map(str::to_owned);
        }
        (items, pages)
    }
}

impl Reply {
    pub async fn receive(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let headers = texts(response.headers());
        let body = serde_json::from_str(&response.text().await.unwrap()).unwrap_or(Value::Null);
        Reply { status, headers, body }
    }

    /// The message of an error.
    pub fn message(&self) -> &str {
        let error = &self.body["errors"][0];
        assert_eq!(error["code"], self.status, "{}", self.body);
        assert!(error["key"].is_string(), "{}", self.body);
        error["message"].as_str().unwrap()
    }
}

fn texts(headers: &HeaderMap) -> BTreeMap<String, String> {
    headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect()
}

/// Days from 2024-08-01 to 2026-10-31 with a counter that grows by 10 per day.
fn counter(from: i64) -> Vec<Observation> {
    let days = day("2024-08-01").up_to(day("2026-10-31"));
    days.zip(0..).map(|(day, n)| Observation { day, value: from + 10 * n }).collect()
}

/// Three artists, two with the same name, one without UUID; many songs, the first with audiences; a weekly chart in
/// Italy.
pub fn catalogue() -> Catalogue {
    let artist_of = |uuid, name: &str, country: Option<&str>| Artist {
        uuid,
        name: name.to_owned(),
        slug: uuid.map(|_| name.to_lowercase().replace(' ', "-")),
        country_code: country.map(str::to_owned),
        image_url: None,
        source: if uuid.is_some() { Source::Soundcharts } else { Source::Manual },
        external_id: None,
    };
    let artists = vec![
        artist_of(Some(artist(0)), "Capitan Cedrata", Some("IT")),
        artist_of(Some(artist(1)), "Capitan Cedrata", None),
        artist_of(Some(artist(2)), "Glass Pelican", Some("US")),
        artist_of(None, "Capitan Nobody", None),
    ];
    let track = |n: usize| Track {
        uuid: song(n as u128),
        name: format!("Song {n:03}"),
        credit_name: Some("Capitan Cedrata".to_owned()),
        isrc: (n % 10 != 9).then(|| format!("QZDEM26{:05}", n / 2 * 2)),
        release_date: (n % 7 != 6).then(|| day("2024-07-05") + n as i32),
        image_url: None,
    };
    let part = |n: u128, of: u128, role| TrackArtist {
        track_uuid: song(n),
        artist: ArtistKey::Uuid(artist(of)),
        role,
    };
    let mut track_artists: Vec<TrackArtist> = (0..SONGS as u128).map(|n| part(n, 0, Role::Main)).collect();
    track_artists.extend([part(0, 2, Role::Featured), part(SONGS as u128, 2, Role::Main)]);
    let audience = |n, platform: &str, identifier: &str, from| TrackObservations {
        track_uuid: song(n),
        platform: platform.to_owned(),
        identifier: identifier.to_owned(),
        observations: counter(from),
    };
    let level = |platform: &str, metric, from| ArtistObservations {
        artist_uuid: artist(0),
        platform: platform.to_owned(),
        metric,
        observations: counter(from),
    };
    let fridays = (0..20).map(|week| day("2026-10-30") - 7 * week);
    let entry = |date, n, position| ChartEntry {
        chart_slug: "top-50-it".to_owned(),
        date,
        track_uuid: song(n),
        position,
    };
    Catalogue {
        artists,
        tracks: (0..=SONGS).map(track).collect(),
        track_artists,
        observations: vec![
            audience(0, "spotify", "demo000000000000000000", 1_000),
            audience(0, "spotify", "demo000000000000000001", 1_000),
            audience(0, "tiktok", "00000000000000000001", 5),
            audience(1, "spotify", "demo000000000000000002", 7_000),
        ],
        artist_observations: vec![
            level("spotify", Metric::Followers, 90_000),
            level("youtube", Metric::Followers, 50_000),
            level("spotify", Metric::Listeners, 700_000),
            level("youtube", Metric::Views, 30_000),
        ],
        fetched_windows: vec![],
        charts: vec![Chart {
            slug: "top-50-it".to_owned(),
            name: "Top 50 Italy".to_owned(),
            platform: "spotify".to_owned(),
            country_code: "IT".to_owned(),
            frequency: Frequency::Weekly,
            positions: 50,
        }],
        chart_entries: fridays.flat_map(|date| [entry(date, 0, 3), entry(date, 1, 17)]).collect(),
    }
}
