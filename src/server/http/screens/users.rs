//! The users screen for admins: add, change and disable accounts, and revoke API tokens of all users.

use std::collections::{HashMap, HashSet};

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use leptos::prelude::*;
use serde::Deserialize;

use super::account::{redirect_to_secret, redirect_with_notice};
use super::confirm::Confirmed;
use super::frame::Frame;
use super::parts::{button, email, secret, table, time, time_or};
use crate::components::field::choice;
use crate::domain::Problem;
use crate::domain::accounts::Role;
use crate::server::accounts::users::AccountChange;
use crate::server::accounts::{Person, second_factor, users as accounts};
use crate::server::error::Error;
use crate::server::http::auth::RequireAdmin;
use crate::server::state::context::Context;
use crate::server::store::tables::api_tokens::{self, ApiToken};
use crate::server::store::tables::users::{self, User};
use crate::server::store::tables::{identities, meta, second_factors};
use crate::server::web::flash::OneTimeSecret;
use crate::server::web::problem::HttpError;

const PATH: &str = "/users";
/// The hint next to a new initial password.
const INITIAL_PASSWORD_HINT: &str = "Copy it now; it won’t be shown again. It expires after a day and has to be changed at the first sign-in.";

pub async fn show(
    State(context): State<Context>,
    RequireAdmin(person): RequireAdmin,
    frame: Frame,
) -> Result<Response<Body>, HttpError> {
    screen(&context, &person, frame).await
}

#[derive(Deserialize)]
pub struct NewUserForm {
    email: String,
    role: Role,
}

/// Adds a user with an initial password that is shown once.
pub async fn add(
    State(context): State<Context>,
    RequireAdmin(person): RequireAdmin,
    Confirmed(NewUserForm { email, role }): Confirmed<NewUserForm>,
) -> Result<Response<Body>, HttpError> {
    let added = accounts::add_with_initial(&context.db, &context.hasher, &person, &email, role).await;
    with_password(added)
}

#[derive(Deserialize)]
pub struct ChangeUserForm {
    id: String,
    act: UserAction,
    role: Option<Role>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum UserAction {
    Role,
    Disable,
    Enable,
    Password,
    TwoStep,
    Unlink,
}

pub async fn change(
    State(context): State<Context>,
    RequireAdmin(person): RequireAdmin,
    Confirmed(ChangeUserForm { id, act, role }): Confirmed<ChangeUserForm>,
) -> Result<Response<Body>, HttpError> {
    let (change, done) = match (act, role) {
        (UserAction::Role, Some(role)) => (AccountChange::Role(role), "has a new role."),
        (UserAction::Role, None) => return Err(Problem::new(400, "Bad Request", "Choose a role.").into()),
        (UserAction::Disable, _) => {
            let disabled = accounts::disable(context.accounts(), &person, &id).await;
            return redirect_with_notice(
                PATH,
                disabled.map(|(user, is_written)| shut_out(&user, is_written)),
            );
        }
        // A pending disable would be written after it and undo it.
        (UserAction::Enable, _) if context.ending.unwritten().has_account(&id) => {
            return Err(Error::Busy.into());
        }
        (UserAction::Enable, _) => (AccountChange::Enable, "can sign in again."),
        (UserAction::TwoStep, _) => (AccountChange::NoSecondFactor, "signs in by password alone now."),
        (UserAction::Unlink, _) => (AccountChange::Unlink, "is linked anew at the next single sign-on."),
        (UserAction::Password, _) => {
            let reset = accounts::reset_password(&context.db, &context.hasher, &person, &id).await;
            return with_password(reset);
        }
    };
    let changed = accounts::change(&context.db, &person, &id, change).await;
    redirect_with_notice(PATH, changed.map(|user| format!("{} {done}", user.email)))
}

fn shut_out(user: &User, is_written: bool) -> String {
    let later = if is_written { "" } else { " The change is saved as soon as the database can be written." };
    format!("{} can no longer sign in.{later}", user.email)
}

fn with_password(made: Result<(User, String), Error>) -> Result<Response<Body>, HttpError> {
    let title = |user: &User| format!("The password of {}", user.email);
    redirect_to_secret(PATH, PATH, made.map(|(user, text)| OneTimeSecret { title: title(&user), text }))
}

#[derive(Deserialize)]
pub struct TwoStepForm {
    everybody: bool,
}

/// Makes two-step sign-in required or optional for all users.
pub async fn set_rule(
    State(context): State<Context>,
    RequireAdmin(person): RequireAdmin,
    Confirmed(TwoStepForm { everybody }): Confirmed<TwoStepForm>,
) -> Result<Response<Body>, HttpError> {
    let set = second_factor::set_rule(&context.db, &person, everybody).await;
    let done = if everybody {
        "Two-step sign-in is now required. Users without it set it up before they continue."
    } else {
        "Two-step sign-in is now optional."
    };
    redirect_with_notice(PATH, set.map(|()| done.to_owned()))
}

async fn screen(context: &Context, person: &Person, mut frame: Frame) -> Result<Response<Body>, HttpError> {
    let made = frame.made();
    let ended = context.ending.unwritten();
    let mut tx = context.db.read().await?;
    let mut users = users::list(&mut tx).await?;
    users.iter_mut().for_each(|user| user.is_disabled |= ended.has_account(&user.id));
    let tokens = api_tokens::list(&mut tx, None).await?;
    let with_factor = second_factors::users(&mut tx).await?;
    let is_needed = meta::is_second_factor_required(&mut tx).await?;
    let linked = identities::linked(&mut tx).await?;
    drop(tx);
    let you = person.user_id.clone();
    Ok(frame.screen("Users", move || {
        let made = made.map(|made| secret(made.title, &made.text, INITIAL_PASSWORD_HINT));
        let rows: Vec<Vec<AnyView>> =
            users.iter().map(|user| row(user, &you, with_factor.contains(&user.id), &linked)).collect();
        view! {
            {made}
            <section class="card">
                <h2>"Accounts"</h2>
                {table(
                    "Accounts",
                    &["Email", "Role", "Signs in by", "Last sign-in", "Status", "Password", "Two-step sign-in"],
                    rows,
                )}
                {add_form()}
            </section>
            {two_step_section(is_needed)}
            {tokens_section(&users, &tokens)}
        }
        .into_any()
    }))
}

fn two_step_section(is_needed: bool) -> AnyView {
    let (words, everybody, change) = if is_needed {
        ("Required. Users without it set it up before they continue.", "false", "Make it optional")
    } else {
        ("Optional. Users turn it on under Account.", "true", "Require two-step sign-in")
    };
    view! {
        <section class="card">
            <h2>"Two-step sign-in"</h2>
            <p>{words} " API tokens are not affected."</p>
            {button("/users/two-step", &[("everybody", everybody)], change, change.to_owned())}
        </section>
    }
    .into_any()
}

fn row(user: &User, you: &str, has_factor: bool, linked: &HashSet<String>) -> Vec<AnyView> {
    let email = &user.email;
    let roles: Vec<AnyView> =
        Role::ALL.iter().map(|role| choice(role.to_string(), role.to_string(), *role == user.role)).collect();
    let role = view! {
        <form method="post" action="/users/change" class="role-form">
            <input type="hidden" name="id" value=user.id.clone() />
            <input type="hidden" name="act" value="role" />
            <select class="input" name="role" aria-label=format!("Role of {email}")>{roles}</select>
            <button type="submit" class="button-quiet" aria-label=format!("Save the role of {email}")>"Save"</button>
        </form>
    };
    let change = |act: &str, words: &'static str| {
        button("/users/change", &[("id", &user.id), ("act", act)], words, format!("{words}: {email}"))
    };
    let state = match (user.is_disabled, user.id == you) {
        (true, _) => {
            view! { <span class="badge badge-warn">"Disabled"</span> {change("enable", "Enable")} }.into_any()
        }
        (false, true) => view! { <span class="badge badge-good">"You"</span> }.into_any(),
        (false, false) => change("disable", "Disable"),
    };
    let is_linked = linked.contains(&user.id);
    let ways = match (user.has_password(), is_linked) {
        (true, true) => "Password, single sign-on",
        (true, false) => "Password",
        (false, true) => "Single sign-on",
        (false, false) => "Single sign-on, not linked yet",
    };
    let unlink = is_linked.then(|| change("unlink", "Unlink"));
    vec![
        email.clone().into_any(),
        role.into_any(),
        view! { <div class="row-actions">{ways} {unlink}</div> }.into_any(),
        time_or(user.signed_in_at, "Never"),
        view! { <div class="row-actions">{state}</div> }.into_any(),
        change("password", if user.has_password() { "Reset" } else { "Set one" }),
        if has_factor { change("twostep", "Turn off") } else { "Off".into_any() },
    ]
}

fn add_form() -> AnyView {
    let roles: Vec<AnyView> = Role::ALL
        .iter()
        .map(|role| choice(role.to_string(), role.label().to_owned(), *role == Role::Analyst))
        .collect();
    view! {
        <details class="more-form">
            <summary class="button-quiet">"Add a user"</summary>
            <form method="post" action=PATH class="entrance-form">
                {email("")}
                <div class="field">
                    <label for="role">"Role"</label>
                    <select class="input" id="role" name="role">{roles}</select>
                </div>
                <p class="hint">"An initial password is created and shown once."</p>
                <button type="submit" class="button">"Add"</button>
            </form>
        </details>
    }
    .into_any()
}

fn tokens_section(users: &[User], tokens: &[ApiToken]) -> AnyView {
    let emails: HashMap<&str, &str> =
        users.iter().map(|user| (user.id.as_str(), user.email.as_str())).collect();
    let row = |token: &ApiToken| {
        let owner = emails.get(token.user_id.as_str()).copied().unwrap_or_default();
        let label = format!("Revoke {} of {owner}", token.name);
        vec![
            owner.to_owned().into_any(),
            token.name.clone().into_any(),
            token.scope.as_str().into_any(),
            time(token.created_at),
            time_or(token.expires_at, "Never"),
            time_or(token.used_at, "Never"),
            button("/account/tokens/revoke", &[("id", &token.id)], "Revoke", label),
        ]
    };
    let rows: Vec<Vec<AnyView>> = tokens.iter().map(row).collect();
    let content = if rows.is_empty() {
        view! { <p class="hint">"No API tokens. Users create them under Account."</p> }.into_any()
    } else {
        let head = ["Owner", "Name", "Scope", "Created", "Expires", "Last used", "Revoke"];
        table("All API tokens", &head, rows)
    };
    view! {
        <section class="card">
            <h2>"All API tokens"</h2>
            {content}
        </section>
    }
    .into_any()
}
