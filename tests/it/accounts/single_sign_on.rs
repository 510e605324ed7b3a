//! Single sign-on with a well-behaved provider: roles, linking and creating accounts.

use std::collections::{HashMap, HashSet};

use data_encoding::BASE64URL_NOPAD;
use music_analytics::domain::accounts::{Right, Role};
use music_analytics::server::base::clock::now;
use music_analytics::server::base::secret::SecretString;
use music_analytics::server::config::{Config, Groups, SingleSignOn};
use percent_encoding::percent_decode_str;
use reqwest::{Client, Response};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::provider::{CLIENT, Provider, SECRET, Signer, TokenFault};
use super::signed_in::{self, EMAIL, PASSWORD, anonymous};
use super::support::{TestServer, form, until};

pub const BUTTON: &str = "/sign-in/single-sign-on";

/// A server with single sign-on.
pub async fn house(provider: &Provider, groups: Groups) -> TestServer {
    TestServer::with(signed_in::configured(config(provider, groups))).await
}

pub fn config(provider: &Provider, groups: Groups) -> Config {
    config_of(&provider.issuer, groups)
}

/// The configuration for any issuer.
pub fn config_of(issuer: &str, groups: Groups) -> Config {
    let public = "http://127.0.0.1:3000";
    let single_sign_on = SingleSignOn {
        issuer: issuer.to_owned(),
        client_id: CLIENT.to_owned(),
        client_secret: Some(SecretString::new(SECRET)),
        name: "Label <ID>".to_owned(),
        hosts: vec!["broker.example.com".to_owned()],
        groups_claim: "groups".to_owned(),
        groups,
        redirect: format!("{public}/sign-in/single-sign-on/callback"),
    };
    Config {
        single_sign_on: Some(single_sign_on),
        public_url: Some(public.parse().unwrap()),
        ..Config::default()
    }
}

/// The mapping from groups to roles.
pub fn groups(of: &[(Role, &str)]) -> Groups {
    Groups::new(of.iter().map(|(role, name)| (*role, HashSet::from([(*name).to_owned()]))))
}

/// A started sign-in.
pub struct StartedSignIn {
    /// The flow cookie: "NAME=VALUE".
    pub cookie: String,
    /// The parameters of the authorization request.
    pub sent: HashMap<String, String>,
}

/// Presses the button.
pub async fn begin(house: &TestServer, next: &str) -> StartedSignIn {
    let answer = form(client().post(house.url(BUTTON)), &[("next", next)]).send().await.unwrap();
    assert_eq!(answer.status(), 303);
    let cookie = answer.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("; HttpOnly; SameSite=Lax") && cookie.contains("Max-Age=600"), "{cookie}");
    let (_, query) = answer.headers()["location"].to_str().unwrap().split_once('?').unwrap();
    let sent = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    StartedSignIn { cookie: cookie.split(';').next().unwrap().to_owned(), sent }
}

/// Calls the callback as the provider's redirect would.
pub async fn back(house: &TestServer, cookie: Option<&str>, answer: &[(&str, &str)]) -> Response {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(answer).finish();
    let request = client().get(house.url(&format!("{BUTTON}/callback?{query}")));
    let request = request.header("sec-fetch-site", "cross-site");
    match cookie {
        Some(cookie) => request.header("cookie", cookie),
        None => request,
    }
    .send()
    .await
    .unwrap()
}

fn client() -> Client {
    anonymous().build().unwrap()
}

/// The default claims of an id token.
pub fn claims(provider: &Provider, begun: &StartedSignIn, email: &str) -> Value {
    json!({
        "iss": provider.issuer, "aud": CLIENT, "sub": format!("id of {email}"), "nonce": begun.sent["nonce"],
        "iat": now(), "exp": now() + 300, "email": email, "email_verified": true, "groups": ["everybody"],
    })
}

/// The head of a token.
pub fn header(signer: &Signer) -> Value {
    json!({"alg": signer.algorithm, "kid": signer.id, "typ": "JWT"})
}

/// Completes a sign-in with modified claims.
async fn complete_sign_in(
    house: &TestServer,
    provider: &Provider,
    signer: &Signer,
    email: &str,
    changes: Value,
) -> Response {
    let begun = begin(house, "/artists?q=a").await;
    let mut claims = claims(provider, &begun, email);
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    let code = provider.grant(&begun.sent["code_challenge"], signer.sign(&header(signer), &claims));
    let answer = [("state", begun.sent["state"].as_str()), ("code", &code), ("iss", &provider.issuer)];
    back(house, Some(&begun.cookie), &answer).await
}

/// The session cookie set by a response.
pub fn session(answer: &Response) -> Option<String> {
    let mut cookies = answer.headers().get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    let session = cookies.find(|cookie| cookie.starts_with("session-"))?;
    Some(session.split(';').next().unwrap().to_owned())
}

/// The notice set by a response for the sign-in page.
pub fn notice_text(answer: &Response) -> String {
    let mut cookies = answer.headers().get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    let told = cookies.find_map(|cookie| cookie.strip_prefix("told=-")).expect("something is told");
    percent_decode_str(told.split(';').next().unwrap()).decode_utf8().unwrap().into_owned()
}

async fn get(house: &TestServer, path: &str, session: &str) -> Response {
    client().get(house.url(path)).header("cookie", session).send().await.unwrap()
}

async fn role_of(house: &TestServer, email: &str) -> String {
    let mut tx = house.context.db.read().await.unwrap();
    sqlx::query_scalar("select role from users where email = $1")
        .bind(email)
        .fetch_one(&mut *tx)
        .await
        .unwrap()
}

async fn started() -> (Provider, Signer) {
    let (provider, signer) = (Provider::start().await, Signer::new("first", "ES256"));
    provider.publish(&[&signer]);
    (provider, signer)
}

#[tokio::test]
async fn somebody_new_comes_in_as_a_viewer_and_by_the_same_account_again() {
    let (provider, signer) = started().await;
    let house = house(&provider, Groups::default()).await;
    let entered = complete_sign_in(&house, &provider, &signer, " Bob@Example.com", json!({})).await;
    assert_eq!(
        (entered.status().as_u16(), &entered.headers()["location"]),
        (303, &"/artists?q=a".parse().unwrap())
    );
    let session = session(&entered).unwrap();
    let page = get(&house, "/account", &session).await.text().await.unwrap();
    assert!(page.contains("bob@example.com") && page.contains("Viewer") && page.contains("Create a token"));
    assert!(!page.contains("Change the password"), "there is none");
    assert_eq!(get(&house, "/users", &session).await.status(), 403);
    // From now on the subject identifies the account, not the email address.
    let renamed =
        json!({"email": "robert@example.com", "email_verified": false, "sub": "id of  Bob@Example.com"});
    assert!(self::session(&complete_sign_in(&house, &provider, &signer, "", renamed).await).is_some());
    assert_eq!(house.number("select count(*) from users").await, 2);
    for (action, count) in [("user-added", 1), ("identity-linked", 1), ("signed-in", 2)] {
        let mut tx = house.context.db.read().await.unwrap();
        let sql = "select count(*) from audit_log where actor = 'bob@example.com' and action = $1";
        let found: i64 = sqlx::query_scalar(sql).bind(action).fetch_one(&mut *tx).await.unwrap();
        assert_eq!(found, count, "{action}");
    }
    for password in ["none", "", PASSWORD] {
        assert_eq!(
            house.try_to_sign_in("bob@example.com", password).await.status(),
            401,
            "no password opens"
        );
    }
    assert!(house.admin().await.text("/users").await.contains("Single sign-on"));
}

#[tokio::test]
async fn what_is_sent_is_what_the_standard_asks_for() {
    let (provider, signer) = started().await;
    provider.state().discovery["scopes_supported"] = json!(["openid", "groups"]);
    let house = house(&provider, groups(&[(Role::Viewer, "everybody")])).await;
    let begun = begin(&house, "").await;
    let sent = |name: &str| begun.sent[name].as_str();
    assert_eq!((sent("response_type"), sent("client_id"), sent("policy")), ("code", CLIENT, "a"));
    assert_eq!(sent("redirect_uri"), "http://127.0.0.1:3000/sign-in/single-sign-on/callback");
    assert_eq!((sent("scope"), sent("code_challenge_method")), ("openid email groups", "S256"));
    let (_, ticket) = begun.cookie.split_once('=').unwrap();
    let stored = house.number("select count(*) from sign_in_flows").await;
    assert_eq!(stored, 1);
    let mut tx = house.context.db.read().await.unwrap();
    let hash: String =
        sqlx::query_scalar("select token_hash from sign_in_flows").fetch_one(&mut *tx).await.unwrap();
    assert!(hash != ticket && !begun.sent.values().any(|value| value.contains(ticket) || *value == hash));
    drop(tx);
    assert_ne!(sent("code_challenge"), BASE64URL_NOPAD.encode(&Sha256::digest(ticket.as_bytes())));
    drop(signer);
}

#[tokio::test]
async fn every_algorithm_that_is_accepted_is_understood() {
    let provider = Provider::start().await;
    let signers = ["ES256", "RS256", "PS256", "EdDSA"].map(|algorithm| Signer::new(algorithm, algorithm));
    provider.publish(&signers.iter().collect::<Vec<_>>());
    let house = house(&provider, Groups::default()).await;
    for signer in &signers {
        let email = format!("{}@example.com", signer.algorithm);
        let entered = complete_sign_in(&house, &provider, signer, &email, json!({})).await;
        assert!(session(&entered).is_some(), "{email}");
    }
}

#[tokio::test]
async fn a_minute_and_texts_for_truths_are_accepted() {
    let (provider, signer) = started().await;
    let house = house(&provider, groups(&[(Role::Viewer, "everybody")])).await;
    for (name, changes) in [
        ("ended", json!({"exp": now() - 40})),
        ("early", json!({"iat": now() + 50, "nbf": now() + 50})),
        ("text", json!({"email_verified": "true"})),
        ("one", json!({"groups": "everybody"})),
        ("several", json!({"aud": ["other", CLIENT], "azp": CLIENT})),
    ] {
        let entered =
            complete_sign_in(&house, &provider, &signer, &format!("{name}@example.com"), changes).await;
        assert!(session(&entered).is_some(), "{name}");
    }
}

#[tokio::test]
async fn a_new_key_is_fetched_once_a_minute_at_most() {
    let (provider, first) = started().await;
    let house = house(&provider, Groups::default()).await;
    let second = Signer::new("second", "ES256");
    let enters = async |signer: &Signer| {
        session(&complete_sign_in(&house, &provider, signer, "bob@example.com", json!({})).await).is_some()
    };
    assert!(enters(&first).await && enters(&first).await);
    assert_eq!(provider.state().key_fetches, 1, "keys are kept");
    provider.publish(&[&first, &second]);
    assert!(enters(&second).await, "an unknown key is looked for");
    assert_eq!(provider.state().key_fetches, 2);
    let third = Signer::new("third", "ES256");
    for _ in 0..3 {
        assert!(!enters(&third).await);
    }
    assert_eq!(provider.state().key_fetches, 2, "but not again within a minute");
    assert!(enters(&first).await);
}

#[tokio::test]
async fn an_account_is_linked_by_its_verified_address_and_keeps_its_password() {
    let (provider, signer) = started().await;
    let house = house(&provider, Groups::default()).await;
    let entered = complete_sign_in(&house, &provider, &signer, "ADA@example.com", json!({})).await;
    let session = session(&entered).unwrap();
    assert_eq!(get(&house, "/users", &session).await.status(), 200, "the admin that she was");
    assert_eq!(house.number("select count(*) from users").await, 1);
    let admin = house.admin().await;
    let page = admin.text("/users").await;
    assert!(page.contains("Password, single sign-on"), "{page}");
    // The provider reassigns the email address to another subject.
    let other = complete_sign_in(&house, &provider, &signer, EMAIL, json!({"sub": "another"})).await;
    assert!(self::session(&other).is_none() && notice_text(&other).contains("belongs to somebody else"));
    // An admin unlinks the account, which allows the new subject.
    let id = page.split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    admin.post("/users/change", &[("id", id), ("act", "unlink")]).await;
    assert_eq!(get(&house, "/users", &session).await.status(), 303, "sessions end with the link");
    let other = complete_sign_in(&house, &provider, &signer, EMAIL, json!({"sub": "another"})).await;
    assert!(self::session(&other).is_some());
}

#[tokio::test]
async fn roles_follow_groups_and_the_last_admin_stays() {
    let (provider, signer) = started().await;
    let roles = groups(&[(Role::Admin, "heads"), (Role::Analyst, "desk"), (Role::Viewer, "everybody")]);
    let house = house(&provider, roles).await;
    for (of, role) in [
        (json!(["everybody", "desk"]), "analyst"),
        (json!(["heads", "everybody"]), "admin"),
        (json!(["everybody"]), "viewer"),
    ] {
        let entered =
            complete_sign_in(&house, &provider, &signer, "bob@example.com", json!({"groups": of})).await;
        assert!(session(&entered).is_some());
        assert_eq!(role_of(&house, "bob@example.com").await, role);
    }
    let refused =
        complete_sign_in(&house, &provider, &signer, "bob@example.com", json!({"groups": []})).await;
    assert!(session(&refused).is_none() && notice_text(&refused).contains("None of your groups"));
    let entered = complete_sign_in(&house, &provider, &signer, EMAIL, json!({"groups": ["everybody"]})).await;
    assert!(session(&entered).is_some());
    assert_eq!(role_of(&house, EMAIL).await, "admin", "there is no other");
}

/// The provider may be down; then only admins with a password can sign in.
#[tokio::test]
async fn an_admin_who_has_a_password_is_left_whoever_else_is_one() {
    let (provider, signer) = started().await;
    let house = house(&provider, groups(&[(Role::Admin, "heads"), (Role::Viewer, "everybody")])).await;
    let entered =
        complete_sign_in(&house, &provider, &signer, "bob@example.com", json!({"groups": ["heads"]})).await;
    let bob = house.browser_with(session(&entered).unwrap());
    let ada = house.id_of(EMAIL).await;
    let wishes: [&[(&str, &str)]; 2] = [&[("act", "disable")], &[("act", "role"), ("role", "viewer")]];
    let refused = async |why: &str| {
        for wish in wishes {
            let answer = bob.post("/users/change", &[wish, &[("id", &ada)]].concat()).await;
            assert!(notice_text(&answer).contains("the last admin who can sign in with a password"), "{why}");
        }
        let is_admin =
            "select count(*) from users where role = 'admin' and disabled = 0 and email like 'ada@%'";
        assert_eq!(house.number(is_admin).await, 1, "{why}");
    };
    refused("Bob comes in by the provider alone").await;
    complete_sign_in(&house, &provider, &signer, EMAIL, json!({"groups": ["everybody"]})).await;
    assert_eq!(role_of(&house, EMAIL).await, "admin", "nor do groups");
    house.token_of("carol@example.com", Role::Admin, Right::Admin).await;
    house.change("update users set password_ends_at = 1 where email like 'carol@%'").await;
    refused("Carol's password has ended").await;
    house.change("update users set disabled = 1, password_ends_at = null where email like 'carol@%'").await;
    refused("Carol may not sign in").await;
    house.change("update users set disabled = 0 where email like 'carol@%'").await;
    assert_eq!(bob.post("/users/change", &[("act", "disable"), ("id", &ada)]).await.status(), 303);
    let left = "select count(*) from users where role = 'admin' and disabled = 0";
    assert_eq!(house.number(left).await, 2, "Carol can sign in");
    let (carol, bobs) =
        (house.browser("carol@example.com", PASSWORD).await, house.id_of("bob@example.com").await);
    carol.post("/users/change", &[("act", "disable"), ("id", &bobs)]).await;
    assert_eq!(house.number(left).await, 1, "and whoever has no password is not needed");
}

#[tokio::test]
async fn the_first_account_is_an_admin_or_waits_for_one() {
    let (provider, signer) = started().await;
    let roles = groups(&[(Role::Admin, "heads"), (Role::Viewer, "everybody")]);
    let house = TestServer::with(config(&provider, roles)).await;
    let refused = complete_sign_in(&house, &provider, &signer, "bob@example.com", json!({})).await;
    assert!(session(&refused).is_none() && notice_text(&refused).contains("There is no admin yet"));
    assert_eq!(
        house.number("select count(*) from users").await,
        0,
        "the link of the first start still works"
    );
    let entered =
        complete_sign_in(&house, &provider, &signer, "bob@example.com", json!({"groups": ["heads"]})).await;
    assert!(session(&entered).is_some());
}

#[tokio::test]
async fn what_a_token_leaves_out_is_asked_for() {
    let (provider, signer) = started().await;
    let house = house(&provider, groups(&[(Role::Analyst, "desk")])).await;
    let bare = json!({"email": null, "email_verified": true, "groups": null, "sub": "bob"});
    let comes = async || {
        let begun = begin(&house, "").await;
        let mut claims = claims(&provider, &begun, "bob@example.com");
        for (name, value) in bare.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let code = provider.grant(&begun.sent["code_challenge"], signer.sign(&header(&signer), &claims));
        back(&house, Some(&begun.cookie), &[("state", &begun.sent["state"]), ("code", &code)]).await
    };
    let says = |sub: &str, verified: bool| {
        provider.state().userinfo =
            json!({"sub": sub, "email": "bob@example.com", "email_verified": verified, "groups": ["desk"]});
    };
    says("somebody else", true);
    assert!(notice_text(&comes().await).contains("could not be trusted"));
    says("bob", false);
    assert!(
        notice_text(&comes().await).contains("has not verified"),
        "address and truth come from one place"
    );
    says("bob", true);
    assert!(session(&comes().await).is_some());
    assert_eq!(role_of(&house, "bob@example.com").await, "analyst");
}

#[tokio::test]
async fn the_button_is_there_where_there_is_a_provider_and_may_lead_to_it() {
    let (provider, _) = started().await;
    let house = house(&provider, Groups::default()).await;
    begin(&house, "").await;
    let answer = client().get(house.url("/sign-in?next=%2Fsyncs")).send().await.unwrap();
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(
        policy.ends_with(&format!("form-action 'self' {} https://broker.example.com", provider.issuer)),
        "{policy}"
    );
    let page = answer.text().await.unwrap();
    assert!(
        page.contains("Label &lt;ID&gt;") && page.contains("action=\"/sign-in/single-sign-on\""),
        "{page}"
    );
    assert!(page.contains("Continue with"));
    let without = TestServer::new().await;
    let answer = client().get(without.url("/sign-in")).send().await.unwrap();
    assert!(answer.headers()["content-security-policy"].to_str().unwrap().ends_with("form-action 'self'"));
    assert!(!answer.text().await.unwrap().contains("Continue with"));
    assert_eq!(form(client().post(without.url(BUTTON)), &[]).send().await.unwrap().status(), 404);
    assert_eq!(back(&without, None, &[]).await.status(), 404);
}

#[tokio::test]
async fn nobody_is_led_to_another_site_afterwards() {
    let (provider, signer) = started().await;
    let house = house(&provider, Groups::default()).await;
    for next in
        ["https://example.com/", "//example.com", "/\\example.com", &format!("/{}", "a".repeat(3_000))]
    {
        let begun = begin(&house, next).await;
        let claims = claims(&provider, &begun, "bob@example.com");
        let code = provider.grant(&begun.sent["code_challenge"], signer.sign(&header(&signer), &claims));
        let entered =
            back(&house, Some(&begun.cookie), &[("state", &begun.sent["state"]), ("code", &code)]).await;
        assert!(session(&entered).is_some());
        let to = entered.headers()["location"].to_str().unwrap();
        assert!(
            to.starts_with('/') && !to.starts_with("//") && !to.contains("example.com") && to.len() < 100,
            "{to}"
        );
    }
}

#[tokio::test]
async fn a_provider_that_is_down_or_another_one_lets_nobody_in() {
    let (provider, signer) = started().await;
    let house = house(&provider, Groups::default()).await;
    for (mood, sentence) in [
        (TokenFault::Redirects, "cannot be reached"),
        (TokenFault::Fails, "cannot be reached"),
        (TokenFault::Babbles, "cannot be reached"),
        (TokenFault::Hangs, "cannot be reached"),
    ] {
        provider.state().mood = mood;
        let began = std::time::Instant::now();
        let refused = complete_sign_in(&house, &provider, &signer, "bob@example.com", json!({})).await;
        assert!(session(&refused).is_none() && notice_text(&refused).contains(sentence));
        assert!(began.elapsed().as_secs() < 10, "it is not waited for");
    }
    until("all are in the audit log", async || {
        let sql = "select count(*) from audit_log where action = 'sign-in-failed' and subject like '%not available%'";
        house.number(sql).await == 4
    })
    .await;
    let (other, _) = started().await;
    other.state().discovery["issuer"] = json!(provider.issuer);
    let down = Provider { issuer: "http://127.0.0.1:9".to_owned(), ..other.clone() };
    for (provider, sentence) in [(other, "do not fit together"), (down, "cannot be reached")] {
        let house = self::house(&provider, Groups::default()).await;
        let answer = form(client().post(house.url(BUTTON)), &[]).send().await.unwrap();
        assert_eq!(answer.headers()["location"], "/sign-in");
        assert!(notice_text(&answer).contains(sentence));
        assert_eq!(house.number("select count(*) from sign_in_flows").await, 0);
        let page = client().get(house.url("/sign-in")).send().await.unwrap();
        assert_eq!(page.status(), 200, "passwords work");
    }
}

#[tokio::test]
async fn one_place_has_so_many_under_way_and_no_more() {
    let (provider, _) = started().await;
    let house = house(&provider, Groups::default()).await;
    for _ in 0..60 {
        begin(&house, "").await;
    }
    let refused = form(client().post(house.url(BUTTON)), &[]).send().await.unwrap();
    assert!(notice_text(&refused).contains("Too many"));
    house.change("update sign_in_flows set created_at = created_at - 600001").await;
    begin(&house, "").await;
    assert_eq!(house.number("select count(*) from sign_in_flows").await, 1, "old ones are forgotten");
}
