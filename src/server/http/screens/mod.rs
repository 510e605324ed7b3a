//! Server-rendered screens: accounts, imports, API documentation. Plain forms and tables without scripts;
//! none of their code ships to the browser, and responses are never cached.

mod account;
mod api_docs;
mod audit;
mod choose_password;
mod confirm;
mod device;
mod frame;
mod imports;
mod parts;
mod qr;
mod refusal;
mod resume;
mod set_up;
mod sign_in;
mod sign_in_code;
mod single_sign_on;
mod two_step;
mod users;

pub use refusal::render_for_people;

use crate::domain::accounts::Right;
use crate::server::config::CALLBACK;
use crate::server::http::auth::pending_form;
use crate::server::http::auth::routes::{Access, Routes};

pub fn routes() -> Routes {
    Routes::default()
        .get("/sign-in", Access::Open, sign_in::show)
        .post("/sign-in", Access::Open, sign_in::submit)
        .get("/sign-in/code", Access::Open, sign_in_code::show)
        .post("/sign-in/code", Access::Open, sign_in_code::enter)
        .post("/sign-in/demo", Access::Open, sign_in::enter_demo)
        .post("/sign-in/single-sign-on", Access::Open, single_sign_on::begin)
        .get(CALLBACK, Access::Open, single_sign_on::end)
        .post("/sign-out", Access::Session(Right::Read), sign_in::leave)
        .get("/set-up/{secret}", Access::Open, set_up::show)
        .post("/set-up/{secret}", Access::Open, set_up::make)
        .get("/account", Access::Session(Right::Read), account::show)
        .post("/account/password", Access::Session(Right::Read), account::change_password)
        .get("/account/choose-password", Access::Session(Right::Read), choose_password::show)
        .post("/account/choose-password", Access::Session(Right::Read), choose_password::choose)
        .get("/account/two-step", Access::Session(Right::Read), two_step::show)
        .post("/account/two-step/begin", Access::Session(Right::Read), two_step::begin)
        .post("/account/two-step/on", Access::Session(Right::Read), two_step::turn_on)
        .post("/account/two-step/codes", Access::Session(Right::Read), two_step::make_codes)
        .post("/account/two-step/off", Access::Session(Right::Read), two_step::turn_off)
        .post("/account/sessions/end", Access::Session(Right::Read), account::end_session)
        .post("/account/tokens", Access::Session(Right::Read), account::create_token)
        .post("/account/tokens/revoke", Access::Session(Right::Read), account::revoke_token)
        .get("/users", Access::Session(Right::Admin), users::show)
        .post("/users", Access::Session(Right::Admin), users::add)
        .post("/users/change", Access::Session(Right::Admin), users::change)
        .post("/users/two-step", Access::Session(Right::Admin), users::set_rule)
        .get("/audit", Access::Session(Right::Admin), audit::show)
        .get("/audit/{file}", Access::Session(Right::Admin), audit::download)
        .get("/imports", Access::Session(Right::Sync), imports::show)
        .get("/imports/{id}", Access::Session(Right::Sync), imports::confirm_undo)
        .post("/imports/undo", Access::Session(Right::Sync), imports::undo)
        .get(pending_form::PATH, Access::Session(Right::Read), resume::show)
        .get("/api/docs", Access::Caller(Right::Read), api_docs::show)
}
