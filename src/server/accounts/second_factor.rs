//! The second factor of an account: enrolment, activation by a first code, verification, removal. A user who
//! lost the device has recovery codes, or an admin removes the factor.

use super::totp::{TotpSecret, parse_code};
use super::{Person, audit};
use crate::domain::accounts::Action;
use crate::server::base::clock::now_ms;
use crate::server::base::secret;
use crate::server::error::Error;
use crate::server::store::tables::second_factors::SecondFactor;
use crate::server::store::tables::{meta, pending_sign_ins, second_factors as stored, sessions, users};
use crate::server::store::{Conn, Db};

/// Number of recovery codes.
pub const RECOVERY_CODES: usize = 10;

/// Creates a secret for the session that enrols; it becomes active when a code confirms it.
///
/// # Errors
/// The account has a second factor, or no password.
pub async fn offer(db: &Db, person: &Person) -> Result<(), Error> {
    let mut tx = db.write().await?;
    let user = users::by_id(&mut tx, &person.user_id).await?;
    if user.is_none_or(|user| !user.has_password()) {
        return Err(Error::invalid("user", "this account signs in without a password"));
    }
    if stored::find(&mut tx, &person.user_id).await?.is_some() {
        return Err(Error::invalid("user", "two-step sign-in is on already"));
    }
    let secret = TotpSecret::random().base32();
    sessions::offer_secret(&mut tx, session_of(person)?, Some(&secret)).await?;
    Ok(tx.commit().await?)
}

/// The secret that the session is setting up.
pub async fn offered(conn: &mut Conn, person: &Person) -> Result<Option<TotpSecret>, Error> {
    let Some(session) = person.session_id() else { return Ok(None) };
    sessions::offered_secret(conn, session).await?.map(|text| TotpSecret::stored(&text)).transpose()
}

/// Activates the factor with a first code and ends the account's other sessions. Returns the recovery codes,
/// which are shown once.
///
/// # Errors
/// No pending secret in this session; wrong code.
pub async fn turn_on(db: &Db, person: &Person, code: &str) -> Result<Vec<String>, Error> {
    let session = session_of(person)?;
    let mut tx = db.write().await?;
    let offered = offered(&mut tx, person).await?;
    let offered = offered.ok_or_else(|| Error::invalid("code", "begin to set it up once more"))?;
    let now = now_ms();
    let step = parse_code(code).and_then(|code| offered.accepts(code, now, 0)).ok_or_else(|| {
        Error::invalid(
            "code",
            "this is not the code of this moment: look again, and at the clock of your device",
        )
    })?;
    let factor = SecondFactor { secret: offered.base32(), created_at: now, last_step: step };
    stored::put(&mut tx, &person.user_id, &factor).await?;
    let codes = put_recovery_codes(&mut tx, &person.user_id).await?;
    sessions::offer_secret(&mut tx, session, None).await?;
    sessions::end_others(&mut tx, &person.user_id, Some(session)).await?;
    audit::write(&mut tx, person, Action::SecondFactorOn, "").await?;
    tx.commit().await?;
    Ok(codes)
}

/// Removes the factor.
///
/// # Errors
/// The account has none.
pub async fn turn_off(db: &Db, person: &Person) -> Result<(), Error> {
    let mut tx = db.write().await?;
    if !stored::remove(&mut tx, &person.user_id).await? {
        return Err(is_off());
    }
    pending_sign_ins::end_of(&mut tx, &person.user_id).await?;
    audit::write(&mut tx, person, Action::SecondFactorOff, "").await?;
    Ok(tx.commit().await?)
}

/// Replaces the recovery codes.
///
/// # Errors
/// The account has no second factor.
pub async fn new_recovery_codes(db: &Db, person: &Person) -> Result<Vec<String>, Error> {
    let mut tx = db.write().await?;
    if stored::find(&mut tx, &person.user_id).await?.is_none() {
        return Err(is_off());
    }
    let codes = put_recovery_codes(&mut tx, &person.user_id).await?;
    audit::write(&mut tx, person, Action::RecoveryCodesMade, "").await?;
    tx.commit().await?;
    Ok(codes)
}

/// Sets whether every account with a password needs a second factor.
pub async fn set_rule(db: &Db, by: &Person, everybody: bool) -> Result<(), Error> {
    let mut tx = db.write().await?;
    meta::put_second_factor_required(&mut tx, everybody).await?;
    let subject = if everybody { "everybody" } else { "whoever wants it" };
    audit::write(&mut tx, by, Action::SecondFactorRule, subject).await?;
    Ok(tx.commit().await?)
}

/// Whether a code is one of the account's recovery codes. These have too many bits to be guessed, so they are
/// accepted even while authenticator codes are throttled: an attacker who knows the password cannot lock the owner
/// out.
pub(super) async fn is_recovery_code(conn: &mut Conn, user_id: &str, code: &str) -> Result<bool, Error> {
    Ok(parse_code(code).is_none() && stored::has_recovery(conn, user_id, &recovery_hash(code)).await?)
}

/// Consumes a TOTP or recovery code in the caller's transaction. Returns whether it was valid.
pub(super) async fn consume_code(
    conn: &mut Conn,
    user_id: &str,
    by: &Person,
    code: &str,
) -> Result<bool, Error> {
    let Some(factor) = stored::find(conn, user_id).await? else { return Ok(false) };
    if let Some(code) = parse_code(code) {
        let step = TotpSecret::stored(&factor.secret)?.accepts(code, now_ms(), factor.last_step);
        let Some(step) = step else { return Ok(false) };
        stored::used(conn, user_id, step).await?;
        return Ok(true);
    }
    if !stored::use_recovery(conn, user_id, &recovery_hash(code)).await? {
        return Ok(false);
    }
    let left = stored::recovery_left(conn, user_id).await?;
    audit::write(conn, by, Action::RecoveryCodeUsed, format!("{left} left")).await?;
    Ok(true)
}

async fn put_recovery_codes(conn: &mut Conn, user_id: &str) -> Result<Vec<String>, Error> {
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| secret::recovery_code()).collect();
    let hashes: Vec<String> = codes.iter().map(|code| recovery_hash(code)).collect();
    stored::put_recovery(conn, user_id, &hashes).await?;
    Ok(codes)
}

/// The stored hash of a recovery code, independent of how it was typed.
fn recovery_hash(code: &str) -> String {
    let letters: String = code.chars().filter(|c| c.is_alphanumeric()).collect();
    secret::hash(&letters.to_lowercase())
}

fn session_of(person: &Person) -> Result<&str, Error> {
    person.session_id().ok_or_else(|| Error::invalid("user", "sign in to do this"))
}

fn is_off() -> Error {
    Error::invalid("user", "two-step sign-in is off")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recovery_codes_may_be_typed_in_any_way() {
        let code = secret::recovery_code();
        let typed = format!(" {} ", code.to_uppercase().replace('-', " "));
        assert_eq!(recovery_hash(&typed), recovery_hash(&code));
        assert_ne!(recovery_hash(&secret::recovery_code()), recovery_hash(&code));
    }
}
