//! Tampered single sign-on responses: each is rejected for the right reason.

use data_encoding::BASE64URL_NOPAD as BASE64;
use music_analytics::domain::accounts::Role;
use music_analytics::server::base::clock::now;
use ring::hmac;
use serde_json::{Value, json};

use super::provider::{Provider, Signer};
use super::signed_in::PASSWORD;
use super::single_sign_on::{
    StartedSignIn, back, begin, claims, groups, header, house, notice_text, session,
};
use super::support::{TestServer, until};

/// A callback with everything that a case may modify.
struct Attempt<'a> {
    provider: &'a Provider,
    signer: &'a Signer,
    /// A sign-in in another browser.
    other: &'a StartedSignIn,
    header: Value,
    claims: Value,
    /// Changes the signed token.
    rewrite: fn(&Attempt<'_>, String) -> String,
    cookie: Option<String>,
    answer: Vec<(&'static str, String)>,
}

impl Attempt<'_> {
    fn answers(&mut self, name: &'static str, value: &str) {
        self.answer.retain(|(known, _)| *known != name);
        self.answer.push((name, value.to_owned()));
    }
}

/// Description, expected reason in the audit log, and modification.
type Case = (&'static str, &'static str, fn(&mut Attempt<'_>));

/// Rejected before any request to the provider. Not logged, because anyone can forge such a callback.
const STALE: &str = "";
const ALGORITHM: &str = "it is signed by an algorithm that is not accepted";
const SIGNATURE: &str = "its signature is wrong";
const NO_KEY: &str = "its key is not among the provider's";
const TIMES: &str = "it does not say when it was made and when it ends";
const CLIENT: &str = "it is for another client";
const NONCE: &str = "it answers another request";
const NO_SUBJECT: &str = "it is about nobody";
const UNVERIFIED: &str = "the e-mail address is not verified";

const CASES: &[Case] = &[
    ("algorithm none", ALGORITHM, |it| {
        it.header["alg"] = json!("none");
        it.rewrite = |_, token| token[..=token.rfind('.').unwrap()].to_owned();
    }),
    ("HS256 with the public key as the secret", ALGORITHM, |it| {
        it.header["alg"] = json!("HS256");
        it.rewrite = |it, token| {
            let (signed, _) = token.rsplit_once('.').unwrap();
            let key = hmac::Key::new(hmac::HMAC_SHA256, it.signer.jwk()["x"].as_str().unwrap().as_bytes());
            format!("{signed}.{}", BASE64.encode(hmac::sign(&key, signed.as_bytes()).as_ref()))
        };
    }),
    ("an algorithm of another kind of key", NO_KEY, |it| it.header["alg"] = json!("RS256")),
    ("a wrong signature", SIGNATURE, |it| {
        it.rewrite = |_, token| {
            let (signed, signature) = token.rsplit_once('.').unwrap();
            let mut bytes = BASE64.decode(signature.as_bytes()).unwrap();
            bytes[5] ^= 1;
            format!("{signed}.{}", BASE64.encode(&bytes))
        };
    }),
    ("no signature", SIGNATURE, |it| {
        it.rewrite = |_, token| token[..=token.rfind('.').unwrap()].to_owned();
    }),
    ("a wrong key under the right id", SIGNATURE, |it| {
        it.rewrite = |it, _| Signer::new(&it.signer.id, "ES256").sign(&it.header, &it.claims);
    }),
    ("claims of another token under the signature", SIGNATURE, |it| {
        it.rewrite = |it, token| {
            let mut claims = it.claims.clone();
            claims["email"] = json!("ada@example.com");
            let parts: Vec<&str> = token.split('.').collect();
            format!("{}.{}.{}", parts[0], BASE64.encode(claims.to_string().as_bytes()), parts[2])
        };
    }),
    ("a key that is not there", NO_KEY, |it| it.header["kid"] = json!("another")),
    ("another kind of token", "it is another kind of token", |it| it.header["typ"] = json!("at+jwt")),
    ("a header that must be understood", "it is another kind of token", |it| {
        it.header["crit"] = json!(["b64"])
    }),
    ("no token at all", "it is no signed token", |it| it.rewrite = |_, _| "token".to_owned()),
    ("a token of 5 MB", "the answer is larger than 1 MB", |it| {
        it.claims["name"] = json!("a".repeat(5 << 20))
    }),
    ("another issuer", "it is of another issuer", |it| it.claims["iss"] = json!("https://id.example.com")),
    ("another issuer by a slash", "it is of another issuer", |it| {
        it.claims["iss"] = json!(format!("{}/", it.provider.issuer));
    }),
    ("another audience", CLIENT, |it| it.claims["aud"] = json!("another client")),
    ("no audience", CLIENT, |it| drop(it.claims.as_object_mut().unwrap().remove("aud"))),
    (
        "several audiences and nobody who asked",
        "it is for several clients and does not say who asked",
        |it| {
            it.claims["aud"] = json!([super::provider::CLIENT, "another client"]);
        },
    ),
    ("somebody else asked", "it was asked for by another client", |it| {
        it.claims["azp"] = json!("another client")
    }),
    ("ended", "it has ended", |it| it.claims["exp"] = json!(now() - 61)),
    ("not begun", "it has not begun", |it| it.claims["nbf"] = json!(now() + 90)),
    ("of the future", "it has not begun", |it| it.claims["iat"] = json!(now() + 90)),
    ("made at no time", TIMES, |it| drop(it.claims.as_object_mut().unwrap().remove("iat"))),
    ("without end", TIMES, |it| drop(it.claims.as_object_mut().unwrap().remove("exp"))),
    ("another nonce", NONCE, |it| it.claims["nonce"] = json!(it.other.sent["nonce"])),
    ("no nonce", NONCE, |it| drop(it.claims.as_object_mut().unwrap().remove("nonce"))),
    ("no subject", NO_SUBJECT, |it| drop(it.claims.as_object_mut().unwrap().remove("sub"))),
    ("an empty subject", NO_SUBJECT, |it| it.claims["sub"] = json!("")),
    ("an address that is not verified", UNVERIFIED, |it| it.claims["email_verified"] = json!(false)),
    ("an address of which nothing is said", UNVERIFIED, |it| {
        it.claims.as_object_mut().unwrap().remove("email_verified");
    }),
    ("no address", "there is no e-mail address in the answer", |it| it.claims["email"] = json!(null)),
    ("an address that is none", "there is no e-mail address in the answer", |it| {
        it.claims["email"] = json!("demo visitor");
    }),
    ("a disabled account", "the account is disabled", |it| it.claims["email"] = json!("Gone@example.com")),
    ("other groups", "none of the groups has a role", |it| {
        it.claims["groups"] = json!(["Everybody", "others"])
    }),
    ("no groups", "none of the groups has a role", |it| it.claims["groups"] = json!([])),
    ("another state", STALE, |it| it.answers("state", "another")),
    ("the state of another browser", STALE, |it| it.answers("state", &it.other.sent["state"].clone())),
    ("no state", STALE, |it| it.answer.retain(|(name, _)| *name != "state")),
    ("a browser that has begun nothing", STALE, |it| it.cookie = None),
    ("a browser that has begun another", STALE, |it| it.cookie = Some(it.other.cookie.clone())),
    ("a state twice", STALE, |it| it.answer.push(("state", "another".to_owned()))),
    ("the callback of another issuer", "the callback is of another issuer", |it| {
        it.answers("iss", "https://id.example.com");
    }),
    ("a code of another browser", "the provider answered invalid_grant", |it| {
        let code =
            it.provider.grant(&it.other.sent["code_challenge"], it.signer.sign(&it.header, &it.claims));
        it.answers("code", &code);
    }),
    ("a code that was made up", "the provider answered invalid_grant", |it| it.answers("code", "made up")),
    ("no code", "the callback has no code", |it| it.answer.retain(|(name, _)| *name != "code")),
    ("a refusal", "the provider answered access_denied", |it| it.answers("error", "access_denied")),
    ("a refusal that is markup", "the provider answered unknown", |it| it.answers("error", "<img src=x>")),
];

async fn attempt(house: &TestServer, provider: &Provider, signer: &Signer, case: &Case) {
    let (name, reason, tamper) = case;
    let begun = begin(house, "").await;
    let other = begin(house, "").await;
    let mut it = Attempt {
        provider,
        signer,
        other: &other,
        header: header(signer),
        claims: claims(provider, &begun, "bob@example.com"),
        rewrite: |_, token| token,
        cookie: Some(begun.cookie.clone()),
        answer: vec![("state", begun.sent["state"].clone()), ("iss", provider.issuer.clone())],
    };
    it.answers("code", "");
    tamper(&mut it);
    if it.answer.iter().any(|(name, value)| *name == "code" && value.is_empty()) {
        let token = (it.rewrite)(&it, signer.sign(&it.header, &it.claims));
        let code = provider.grant(&begun.sent["code_challenge"], token);
        it.answers("code", &code);
    }
    let noted = async || {
        let mut tx = house.context.db.read().await.unwrap();
        let sql = "select count(*) from audit_log where action = 'sign-in-failed' and subject like $1";
        let like = format!("single sign-on: %{reason}");
        sqlx::query_scalar::<_, i64>(sql).bind(like).fetch_one(&mut *tx).await.unwrap()
    };
    let before = noted().await;
    let answer: Vec<(&str, &str)> = it.answer.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let refused = back(house, it.cookie.as_deref(), &answer).await;
    assert_eq!(
        (refused.status().as_u16(), &refused.headers()["location"]),
        (303, &"/sign-in".parse().unwrap()),
        "{name}"
    );
    assert_eq!(session(&refused), None, "{name}");
    let told = notice_text(&refused);
    assert!(told.ends_with('.') && !told.contains("<img"), "{name}: {told}");
    if reason.is_empty() {
        assert!(told.contains("begin it again"), "{name}: {told}");
    } else {
        until(&format!("{name}: it is in the audit log"), async || noted().await == before + 1).await;
    }
}

#[tokio::test]
async fn each_answer_that_was_tampered_with_is_refused_for_its_reason() {
    let (provider, signer) = (Provider::start().await, Signer::new("first", "ES256"));
    provider.publish(&[&signer]);
    let house = house(&provider, groups(&[(Role::Viewer, "everybody")])).await;
    house.token_of("gone@example.com", Role::Admin, music_analytics::domain::accounts::Right::Read).await;
    house.change("update users set disabled = 1 where email = 'gone@example.com'").await;
    for case in CASES {
        attempt(&house, &provider, &signer, case).await;
        let mut tx = house.context.db.write().await.unwrap();
        sqlx::query("delete from sign_in_flows").execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    }
    assert_eq!(house.number("select count(*) from users").await, 2, "nobody has an account by it");
    assert_eq!(house.number("select count(*) from identities").await, 0);
    assert_eq!(house.number("select count(*) from sessions").await, 0);
    assert_eq!(house.try_to_sign_in("gone@example.com", PASSWORD).await.status(), 401);
}

#[tokio::test]
async fn a_callback_works_once_and_for_ten_minutes() {
    let (provider, signer) = (Provider::start().await, Signer::new("first", "ES256"));
    provider.publish(&[&signer]);
    let house = house(&provider, groups(&[(Role::Viewer, "everybody")])).await;
    for (age, lets_in) in [(9, true), (11, false)] {
        let begun = begin(&house, "").await;
        let token = signer.sign(&header(&signer), &claims(&provider, &begun, "bob@example.com"));
        let code = provider.grant(&begun.sent["code_challenge"], token);
        let answer = [("state", begun.sent["state"].as_str()), ("code", &code)];
        let mut tx = house.context.db.write().await.unwrap();
        let sql = format!("update sign_in_flows set created_at = created_at - {age} * 60000");
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(
            session(&back(&house, Some(&begun.cookie), &answer).await).is_some(),
            lets_in,
            "{age} min"
        );
        let again = back(&house, Some(&begun.cookie), &answer).await;
        assert!(
            session(&again).is_none() && notice_text(&again).contains("begin it again"),
            "a replayed callback"
        );
    }
}

#[tokio::test]
async fn a_provider_that_promises_to_name_itself_has_to() {
    let (provider, signer) = (Provider::start().await, Signer::new("first", "ES256"));
    provider.publish(&[&signer]);
    provider.state().discovery["authorization_response_iss_parameter_supported"] = json!(true);
    let house = house(&provider, groups(&[(Role::Viewer, "everybody")])).await;
    for (issuer, lets_in) in [(None, false), (Some(provider.issuer.as_str()), true)] {
        let begun = begin(&house, "").await;
        let token = signer.sign(&header(&signer), &claims(&provider, &begun, "bob@example.com"));
        let code = provider.grant(&begun.sent["code_challenge"], token);
        let mut answer = vec![("state", begun.sent["state"].as_str()), ("code", &code)];
        answer.extend(issuer.map(|issuer| ("iss", issuer)));
        assert_eq!(
            session(&back(&house, Some(&begun.cookie), &answer).await).is_some(),
            lets_in,
            "{issuer:?}"
        );
    }
}
