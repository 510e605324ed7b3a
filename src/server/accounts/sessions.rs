//! Browser sessions: a random token in a cookie, its hash in the database. A session expires an hour after
//! its last use or half a day after it began, or is ended explicitly.

use super::{AuthMethod, Person, RequiredAction, demo_visitor};
use crate::domain::accounts::Right;
use crate::server::accounts::{Accounts, Origin};
use crate::server::base::clock::now_ms;
use crate::server::base::secret;
use crate::server::error::Error;
use crate::server::store::tables::pending_sign_ins;
use crate::server::store::tables::sessions::{self, LivenessCutoff, Session};
use crate::server::store::tables::users::User;
use crate::server::store::{Conn, Db};

const MINUTE: i64 = 60_000;
/// Idle timeout.
const IDLE_TIMEOUT_MS: i64 = 60 * MINUTE;
/// Maximum lifetime.
pub const MAX_AGE_MS: i64 = 12 * 60 * MINUTE;
/// Resolution of the stored last use.
const USE_RESOLUTION_MS: i64 = MINUTE;
/// Maximum stored length of a user agent.
const MAX_DEVICE_CHARS: usize = 200;

/// The limits of live sessions at the current time.
pub fn liveness_cutoff() -> LivenessCutoff {
    let now = now_ms();
    LivenessCutoff { created_since: now - MAX_AGE_MS, used_since: now - IDLE_TIMEOUT_MS }
}

/// Opens a session for an authenticated user, in the caller's transaction; returns its token.
pub async fn begin(conn: &mut Conn, user: &User, origin: &Origin) -> Result<(String, Person), Error> {
    sessions::forget_old(conn, liveness_cutoff()).await?;
    let (token, now) = (secret::token(), now_ms());
    let session = Session {
        id: secret::id(),
        created_at: now,
        used_at: now,
        device: origin.device.chars().take(MAX_DEVICE_CHARS).collect(),
        address: origin.address.clone(),
        confirmed_at: now,
    };
    sessions::add(conn, &session, &user.id, &secret::hash(&token)).await?;
    Ok((token, person(&session, user, &origin.address)))
}

/// Ends an account's sessions except one, and its pending sign-ins.
pub async fn end_others(conn: &mut Conn, user_id: &str, kept: Option<&str>) -> Result<(), Error> {
    sessions::end_others(conn, user_id, kept).await?;
    pending_sign_ins::end_of(conn, user_id).await
}

/// The caller of a session token, and pending duties; `None` if invalid.
pub async fn authenticate(
    context: Accounts<'_>,
    token: &str,
    address: &str,
) -> Result<Option<(Person, Option<RequiredAction>)>, Error> {
    let ended = context.ending.unwritten();
    let mut conn = context.db.reader().await?;
    let found = sessions::by_hash(&mut conn, &secret::hash(token), liveness_cutoff()).await?;
    let found = found.filter(|held| !ended.has_session(&held.user.id, &held.session));
    let Some(held) = found else { return Ok(None) };
    if !is_let_in(&mut conn, context, &held.user).await? {
        return Ok(None);
    }
    drop(conn);
    let (duty, session, user) = (RequiredAction::first_for(&held), held.session, held.user);
    // `abs`: a use in the future was recorded before the clock was set back.
    if (now_ms() - session.used_at).abs() > USE_RESOLUTION_MS {
        note_use(context.db, &session.id, address);
    }
    Ok(Some((person(&session, &user, address), duty)))
}

/// Whether a session is still valid with the same right and no pending duty.
pub async fn is_valid(context: Accounts<'_>, id: &str, right: Right) -> Result<bool, Error> {
    let ended = context.ending.unwritten();
    let mut conn = context.db.reader().await?;
    let found = sessions::by_id(&mut conn, id, liveness_cutoff()).await?;
    let found = found.filter(|held| !ended.has_session(&held.user.id, &held.session));
    let Some(held) = found else { return Ok(false) };
    let may = held.user.role.right() >= right && RequiredAction::first_for(&held).is_none();
    Ok(may && is_let_in(&mut conn, context, &held.user).await?)
}

async fn is_let_in(conn: &mut Conn, context: Accounts<'_>, user: &User) -> Result<bool, Error> {
    Ok(match (user.is_disabled, &user.password_hash) {
        (true, _) => false,
        (false, Some(_)) => !user.password_has_ended(now_ms()),
        (false, None) => demo_visitor::is_still_authorized(conn, context).await?,
    })
}

fn person(session: &Session, user: &User, address: &str) -> Person {
    Person {
        user_id: user.id.clone(),
        email: user.email.clone(),
        role: user.role,
        right: user.role.right(),
        via: AuthMethod::Session(session.id.clone()),
        address: address.to_owned(),
    }
}

/// Runs in the background, because a minute's difference does not matter.
fn note_use(db: &Db, id: &str, address: &str) {
    let (db, id, address) = (db.clone(), id.to_owned(), address.to_owned());
    tokio::spawn(async move {
        let noted = async {
            let mut tx = db.write().await?;
            sessions::used(&mut tx, &id, now_ms(), &address).await?;
            Ok::<_, Error>(tx.commit().await?)
        };
        if let Err(error) = noted.await {
            tracing::debug!(%error, "cannot update the last use of a session");
        }
    });
}
