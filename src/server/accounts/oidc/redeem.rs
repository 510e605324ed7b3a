//! Redeems the authorization code for tokens, and reads claims that the ID token lacks from the userinfo
//! endpoint.

use form_urlencoded::byte_serialize;
use serde::Deserialize;
use serde_json::Value;

use super::discovery::ProviderMetadata;
use super::failure::Failure;
use super::fetch::{OidcClient, OidcResponse};
use super::token::Claims;
use crate::server::config::SingleSignOn;

/// Maximum length of an error code in a message.
const LONGEST_CODE: usize = 40;

#[derive(Deserialize)]
pub(super) struct Tokens {
    pub id_token: String,
    pub access_token: Option<String>,
}

/// An error in the standard's format.
#[derive(Deserialize)]
struct Refusal {
    error: String,
}

/// Redeems a code with the client secret, if any, and the PKCE verifier.
///
/// # Errors
/// The provider refuses or does not respond.
pub(super) async fn redeem(
    ask: &OidcClient,
    settings: &SingleSignOn,
    provider: &ProviderMetadata,
    code: &str,
    verifier: &str,
) -> Result<Tokens, Failure> {
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", &settings.redirect),
        ("code_verifier", verifier),
    ];
    let secret = settings.client_secret.as_ref().map(|secret| secret.reveal());
    let is_in_head = secret.is_some() && !provider.wants_secret_in_form;
    if !is_in_head {
        fields.push(("client_id", &settings.client_id));
        fields.extend(secret.map(|secret| ("client_secret", secret)));
    }
    let request = ask.post(provider.token.clone(), &fields)?;
    let request = match secret.filter(|_| is_in_head) {
        // Both are form-encoded before they are joined (RFC 6749, 2.3.1).
        Some(secret) => request.basic_auth(form_coded(&settings.client_id), Some(form_coded(secret))),
        None => request,
    };
    let answer = OidcResponse::fetch(request, "token").await?;
    if answer.status.is_client_error() {
        return Err(match answer.read::<Refusal>() {
            Some(Refusal { error }) if error == "invalid_grant" => Failure::Refused(error),
            Some(Refusal { error }) => {
                Failure::Misconfigured(format!("the code was refused: {}", code_of(&error)))
            }
            None => Failure::Unavailable(format!("token: status {}", answer.status.as_u16())),
        });
    }
    answer.json()
}

/// Adds missing claims from the userinfo endpoint.
///
/// # Errors
/// The provider is unreachable, or the response is about another user.
pub(super) async fn add_userinfo(
    ask: &OidcClient,
    provider: &ProviderMetadata,
    access_token: Option<&str>,
    subject: &str,
    claims: &mut Claims,
) -> Result<(), Failure> {
    let (Some(userinfo), Some(token)) = (&provider.userinfo, access_token) else { return Ok(()) };
    let more: Claims =
        OidcResponse::fetch(ask.get(userinfo.clone())?.bearer_auth(token), "userinfo").await?.json()?;
    if more.get("sub").and_then(Value::as_str) != Some(subject) {
        return Err(Failure::Untrusted("userinfo is about somebody else"));
    }
    // An email from one source must not be combined with `email_verified` from another.
    let has_email = claims.contains_key("email");
    let is_about_email = |name: &str| matches!(name, "email_verified" | "xms_edov");
    if !has_email {
        claims.retain(|name, _| !is_about_email(name));
    }
    for (name, value) in more.into_iter().filter(|(name, _)| !(has_email && is_about_email(name))) {
        claims.entry(name).or_insert(value);
    }
    Ok(())
}

/// An error code that is safe to show; empty if it does not have the standard's format.
pub(super) fn code_of(error: &str) -> String {
    let is_code = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    let is_plain = (1..=LONGEST_CODE).contains(&error.len()) && error.bytes().all(is_code);
    if is_plain { error.to_owned() } else { "unknown".to_owned() }
}

fn form_coded(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_codes() {
        assert_eq!(code_of("access_denied"), "access_denied");
        for error in ["", "<b>", "Access Denied", &"a".repeat(41)] {
            assert_eq!(code_of(error), "unknown");
        }
    }
}
