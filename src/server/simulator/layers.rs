//! Middleware of every request: log, latency, authentication, both limits, faults; and of every response: the
//! quota and rate-limit headers.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::endpoint::Endpoint;
use super::fault::Fault;
use super::journal::{FetchedWindowPage, JournalSlot};
use super::refusal::{RATE_RESET, Refusal};
use super::request::RequestContext;
use super::{Simulator, broken_body};

const QUOTA: HeaderName = HeaderName::from_static("x-quota-remaining");
const RATE_LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const RATE_LEFT: HeaderName = HeaderName::from_static("x-ratelimit-remaining");

/// Authorizes and limits a request, then completes its response.
pub async fn authorize(
    State(simulator): State<Arc<Simulator>>,
    mut request: Request,
    next: Next,
) -> Response {
    let route = request.extensions().get::<MatchedPath>();
    let endpoint = route.and_then(|route| Endpoint::of_route(route.as_str()));
    let line = request.uri().path_and_query().map_or_else(String::new, ToString::to_string);
    let (place, faults, latency, stall) = {
        let mut state = simulator.state();
        let state = &mut *state;
        let faults = state.happened.faults(&state.knobs.faults, simulator.settings.seed, endpoint, &line);
        let place = state.journal.begin(endpoint, &line, &faults, simulator.settings.remembered);
        (place, faults, state.knobs.latency_ms, state.knobs.stall_ms)
    };
    pause(latency).await;
    let mut response = match simulator.admit(endpoint, request.headers(), &faults) {
        Err(refusal) => refusal.into_response(),
        Ok(()) => {
            if faults.contains(&Fault::Stall) {
                pause(stall).await;
            }
            let world = simulator.world().await;
            request.extensions_mut().insert(RequestContext { world, faults: faults.clone() });
            next.run(request).await
        }
    };
    if response.status().is_success() {
        response = broken_body::broken(&faults, response).await;
    }
    simulator.see_out(endpoint, place, &faults, &mut response);
    response
}

async fn pause(milliseconds: u64) {
    if milliseconds > 0 {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }
}

impl Simulator {
    fn admit(
        &self,
        endpoint: Option<Endpoint>,
        headers: &HeaderMap,
        faults: &[Fault],
    ) -> Result<(), Refusal> {
        let mut state = self.state();
        let state = &mut *state;
        if endpoint != Some(Endpoint::Token) {
            let now = Instant::now();
            if faults.contains(&Fault::ExpiredToken) {
                state.tokens.end(headers);
            }
            state.tokens.check(&self.settings.credentials, headers, now)?;
            state.allowance.take(&state.knobs, endpoint == Some(Endpoint::Usage), now)?;
        }
        for fault in faults {
            match fault {
                Fault::RateLimit => {
                    return Err(Refusal::too_fast(
                        state.knobs.per_minute.unwrap_or(10_000),
                        state.knobs.wait_seconds,
                    ));
                }
                Fault::Quota => return Err(Refusal::no_quota()),
                Fault::ServerError => return Err(Refusal::broken(StatusCode::INTERNAL_SERVER_ERROR)),
                Fault::BadGateway => return Err(Refusal::broken(StatusCode::BAD_GATEWAY)),
                Fault::Unavailable => return Err(Refusal::broken(StatusCode::SERVICE_UNAVAILABLE)),
                Fault::Forbidden => return Err(Refusal::not_in_plan()),
                Fault::Missing => return Err(Refusal::not_found()),
                _ => {}
            }
        }
        match endpoint {
            Some(endpoint) if state.knobs.forbidden.contains(&endpoint) => Err(Refusal::not_in_plan()),
            _ => Ok(()),
        }
    }

    /// Counts the response and adds headers. Only responses with data use quota.
    fn see_out(
        &self,
        endpoint: Option<Endpoint>,
        place: JournalSlot,
        faults: &[Fault],
        response: &mut Response,
    ) {
        let is_whole = !faults.iter().any(|fault| broken_body::breaks_body(*fault));
        let unit = response.extensions_mut().remove::<FetchedWindowPage>().filter(|_| is_whole);
        let mut state = self.state();
        let state = &mut *state;
        state.journal.end(place, response.status().as_u16(), unit);
        if endpoint == Some(Endpoint::Token) {
            return;
        }
        if response.status().is_success() && is_whole && endpoint != Some(Endpoint::Usage) {
            state.allowance.spend();
        }
        let knobs = &state.knobs;
        let headers = response.headers_mut();
        if let Some(left) = state.allowance.left(knobs) {
            headers.insert(QUOTA, HeaderValue::from(left));
        }
        if let (Some(limit), Some(left)) = (knobs.per_minute, state.allowance.left_in_minute(knobs)) {
            headers.insert(RATE_LIMIT, HeaderValue::from(limit));
            headers.insert(RATE_LEFT, HeaderValue::from(left));
            let reset = state.allowance.reset(knobs, Instant::now());
            headers.entry(RATE_RESET).or_insert(HeaderValue::from(reset));
        }
    }
}
