//! The screens about accounts and imports, and the API's page. They are forms and tables that the server renders whole: no
//! script runs on them, none of their code ships to the browser, and what they show is never stored on the way.

mod account;
mod api_docs;
mod audit;
mod device;
mod frame;
mod imports;
mod parts;
mod refusal;
mod resume;
mod set_up;
mod sign_in;
mod users;

use axum::Router;
use axum::routing::{get, post};
pub use refusal::readable;
pub use resume::keep;

use crate::server::context::Context;

/// The routes of all of them.
pub fn routes() -> Router<Context> {
    Router::new()
        .route("/sign-in", get(sign_in::show).post(sign_in::enter))
        .route("/sign-in/demo", post(sign_in::enter_demo))
        .route("/sign-out", post(sign_in::leave))
        .route("/set-up/{secret}", get(set_up::show).post(set_up::make))
        .route("/account", get(account::show))
        .route("/account/password", post(account::change_password))
        .route("/account/sessions/end", post(account::end_session))
        .route("/account/tokens", post(account::create_token))
        .route("/account/tokens/revoke", post(account::revoke_token))
        .route("/users", get(users::show).post(users::add))
        .route("/users/change", post(users::change))
        .route("/audit", get(audit::show))
        .route("/audit/{file}", get(audit::download))
        .route("/imports", get(imports::show))
        .route("/imports/{id}", get(imports::ask))
        .route("/imports/undo", post(imports::undo))
        .route("/resume", get(resume::show))
        .route("/api/docs", get(api_docs::show))
}
