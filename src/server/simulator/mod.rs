//! A Soundcharts simulator on loopback: the parts of the API that the product uses, over an in-memory
//! catalogue, with the provider's shapes, limits and irregularities (docs/soundcharts.md) and optional
//! faults. Used by the demo and by tests.

mod allowance;
mod artist;
mod artist_audience;
mod artist_songs;
mod artist_streaming;
mod artists;
mod bent_series;
mod broken_body;
mod chart;
mod charts;
mod control;
mod credentials;
pub mod endpoint;
pub mod fault;
pub mod journal;
mod layers;
mod page;
mod platform;
mod random;
mod ranking;
mod referential;
mod refusal;
mod request;
mod routes;
mod search;
mod series;
pub mod settings;
mod song;
mod song_audience;
mod songs;
mod timestamp;
mod token;
mod usage;
mod world;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;

use self::allowance::Allowance;
use self::credentials::Tokens;
use self::fault::FaultHistory;
use self::journal::Journal;
use self::settings::{Knobs, Settings};
use self::world::World;
use super::demo;
use crate::domain::Day;
use crate::domain::catalogue::Catalogue;
use crate::server::base::clock;

pub use self::routes::router;

/// The simulator: catalogue, settings and log.
#[derive(Debug)]
pub struct Simulator {
    settings: Settings,
    /// Generates the catalogue of a day, for a catalogue that follows the clock.
    make: Option<fn(Day) -> Catalogue>,
    world: RwLock<Arc<World>>,
    making: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

/// Mutable state.
#[derive(Debug, Default)]
struct State {
    knobs: Knobs,
    journal: Journal,
    allowance: Allowance,
    tokens: Tokens,
    happened: FaultHistory,
    /// First lookup of each artist by platform identifier.
    asked_for: HashMap<(String, String), Instant>,
}

impl Simulator {
    /// A simulator over this catalogue; its fetched windows are ignored.
    pub fn new(catalogue: Catalogue, settings: Settings) -> Self {
        Self::with(catalogue, None, settings)
    }

    /// A simulator over the demo catalogue, which grows daily. Generating it takes some seconds.
    pub fn demo(settings: Settings) -> Self {
        let today = settings.knobs.today.unwrap_or_else(clock::today);
        Self::with(demo::provider(today), Some(demo::provider), settings)
    }

    fn with(catalogue: Catalogue, make: Option<fn(Day) -> Catalogue>, settings: Settings) -> Self {
        let today = settings.knobs.today.unwrap_or_else(clock::today);
        Simulator {
            world: RwLock::new(Arc::new(World::new(catalogue, settings.extras, today))),
            make,
            making: tokio::sync::Mutex::default(),
            state: Mutex::new(State { knobs: settings.knobs.clone(), ..State::default() }),
            settings,
        }
    }

    /// Replaces the catalogue, for example to simulate corrections by the provider.
    pub fn replace(&self, catalogue: Catalogue) {
        let world = Arc::new(World::new(catalogue, self.settings.extras, self.today()));
        *self.world.write().unwrap_or_else(PoisonError::into_inner) = world;
    }

    /// The current date: the clock's, or the configured one.
    pub fn today(&self) -> Day {
        self.state().knobs.today.unwrap_or_else(clock::today)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn current(&self) -> Arc<World> {
        Arc::clone(&self.world.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The catalogue; regenerated if it is of an earlier day.
    async fn world(&self) -> Arc<World> {
        let (world, today) = (self.current(), self.today());
        let Some(make) = self.make.filter(|_| world.day < today) else { return world };
        let _making = self.making.lock().await;
        if self.current().day < today {
            let extras = self.settings.extras;
            let made = tokio::task::spawn_blocking(move || World::new(make(today), extras, today)).await;
            match made {
                Ok(made) => *self.world.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(made),
                Err(error) => tracing::error!(%error, "the simulator could not advance to today"),
            }
        }
        self.current()
    }

    /// Whether an artist can be found by platform identifier yet; the first request starts the delay.
    fn is_admitted(&self, platform: &str, identifier: &str) -> bool {
        let mut state = self.state();
        let Some(delay) = state.knobs.admission_ms else { return true };
        match state.asked_for.entry((platform.to_owned(), identifier.to_owned())) {
            Entry::Occupied(first) => first.get().elapsed() >= Duration::from_millis(delay),
            Entry::Vacant(first) => {
                first.insert(Instant::now());
                false
            }
        }
    }
}

/// Serves until the task is dropped.
///
/// # Errors
/// The listener is not on a loopback address.
pub async fn serve(listener: TcpListener, simulator: Arc<Simulator>) -> io::Result<()> {
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() {
        let message = format!("the simulator serves loopback addresses only, not {address}");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    let listener = listener.tap_io(|stream| {
        // Responses are small, so Nagle's algorithm would only delay them.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "cannot set TCP_NODELAY");
        }
    });
    axum::serve(listener, router(simulator)).await
}
