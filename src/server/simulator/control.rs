//! `/control`: changes settings and reads the log from outside the process. It is unauthenticated and only
//! enabled by the settings, for tests and explicit use.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::Simulator;
use super::journal::Journal;
use super::settings::Knobs;

/// `GET /control`: settings, counts and the newest requests.
pub async fn show(State(simulator): State<Arc<Simulator>>) -> Response {
    let state = simulator.state();
    let left = state.allowance.left(&state.knobs);
    Json(json!({"knobs": state.knobs, "quota_left": left, "journal": state.journal})).into_response()
}

/// `POST /control`: changes the given settings, by name as JSON; returns all of them.
pub async fn turn(State(simulator): State<Arc<Simulator>>, Json(changes): Json<Value>) -> Response {
    match simulator.turn(changes) {
        Ok(knobs) => Json(knobs).into_response(),
        Err(error) => (StatusCode::BAD_REQUEST, error).into_response(),
    }
}

/// `DELETE /control`: clears log, quota use and fault counts; settings and tokens stay.
pub async fn reset(State(simulator): State<Arc<Simulator>>) -> StatusCode {
    simulator.reset();
    StatusCode::NO_CONTENT
}

impl Simulator {
    /// Changes the settings in a JSON object.
    ///
    /// # Errors
    /// An unknown setting or an invalid value; nothing is changed then.
    pub fn turn(&self, changes: Value) -> Result<Knobs, String> {
        let said = |error: serde_json::Error| error.to_string();
        let mut knobs = serde_json::to_value(&self.state().knobs).map_err(said)?;
        let (Some(all), Value::Object(changes)) = (knobs.as_object_mut(), changes) else {
            return Err("expected an object of knobs".to_owned());
        };
        all.extend(changes);
        let knobs: Knobs = serde_json::from_value(knobs).map_err(said)?;
        self.set(knobs.clone());
        Ok(knobs)
    }

    /// Replaces all settings and resets the fault rules.
    pub fn set(&self, knobs: Knobs) {
        let mut state = self.state();
        if state.knobs.faults != knobs.faults {
            state.happened = Default::default();
        }
        state.knobs = knobs;
    }

    /// A copy of the log.
    pub fn journal(&self) -> Journal {
        self.state().journal.clone()
    }

    /// Clears the log, quota use and fault counts.
    pub fn reset(&self) {
        let mut state = self.state();
        state.journal.reset();
        state.allowance = Default::default();
        state.happened = Default::default();
    }
}
