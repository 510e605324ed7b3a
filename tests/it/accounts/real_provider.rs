//! Single sign-on with an independent provider: the certified library `oidc-provider`.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use music_analytics::domain::accounts::Role;
use reqwest::{Client, Response};

use super::provider::{CLIENT, SECRET};
use super::signed_in::anonymous;
use super::single_sign_on::{BUTTON, back, config_of, groups, notice_text, session};
use super::support::{TestServer, form};

/// The provider's process, killed on drop.
struct OidcProvider {
    issuer: String,
    process: Child,
    /// Kept open, because the process fails if its output is closed.
    _says: BufReader<ChildStdout>,
}

impl OidcProvider {
    fn start() -> Self {
        let root = env!("CARGO_MANIFEST_DIR");
        let redirect = format!("http://127.0.0.1:3000{BUTTON}/callback");
        let mut process = Command::new("node")
            .args(["tests/it/accounts/oidc-provider.mjs", CLIENT, SECRET, &redirect])
            .current_dir(root)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node is there");
        let mut issuer = String::new();
        let mut says = BufReader::new(process.stdout.take().unwrap());
        says.read_line(&mut issuer).unwrap();
        assert!(issuer.starts_with("http://"), "run `npm ci` first");
        OidcProvider { issuer: issuer.trim().to_owned(), process, _says: says }
    }
}

impl Drop for OidcProvider {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A minimal browser for the provider: follows redirects, keeps cookies and submits its two forms.
struct Browser {
    client: Client,
    issuer: String,
    cookies: Vec<(String, String)>,
}

impl Browser {
    async fn send(&mut self, address: &str, fields: Option<&[(&str, &str)]>) -> Response {
        let url =
            if address.starts_with('/') { format!("{}{address}", self.issuer) } else { address.to_owned() };
        let request = match fields {
            Some(fields) => form(self.client.post(url), fields),
            None => self.client.get(url),
        };
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = request.header("cookie", cookies.join("; ")).send().await.unwrap();
        for cookie in answer.headers().get_all("set-cookie") {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        answer
    }

    /// Signs in; returns the query of the provider's callback.
    async fn signs_in(&mut self, address: &str, name: &str) -> Vec<(String, String)> {
        let mut address = address.to_owned();
        for _ in 0..12 {
            let answer = self.send(&address, None).await;
            let next = match answer.headers().get("location") {
                Some(next) => next.to_str().unwrap().to_owned(),
                None => {
                    let page = answer.text().await.unwrap();
                    let fields: &[(&str, &str)] = if page.contains(r#"name="prompt" value="login""#) {
                        &[("prompt", "login"), ("login", name), ("password", "any")]
                    } else {
                        &[("prompt", "consent")]
                    };
                    let answer = self.send(&address, Some(fields)).await;
                    answer.headers()["location"].to_str().unwrap().to_owned()
                }
            };
            if let Some((_, query)) = next.split_once(&format!("{BUTTON}/callback?")) {
                return form_urlencoded::parse(query.as_bytes()).into_owned().collect();
            }
            address = next;
        }
        panic!("the provider leads in circles: {address}")
    }
}

async fn comes(house: &TestServer, real: &OidcProvider, name: &str) -> Response {
    let client = anonymous().build().unwrap();
    let begun = form(client.post(house.url(BUTTON)), &[("next", "/artists")]).send().await.unwrap();
    let cookie = begun.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let address = begun.headers()["location"].to_str().unwrap().to_owned();
    let mut browser = Browser { client, issuer: real.issuer.clone(), cookies: Vec::new() };
    let answer = browser.signs_in(&address, name).await;
    let answer: Vec<(&str, &str)> =
        answer.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    back(house, Some(&cookie), &answer).await
}

#[tokio::test]
async fn a_certified_provider_lets_people_in() {
    let real = OidcProvider::start();
    let house = TestServer::with(super::signed_in::configured(config_of(
        &real.issuer,
        groups(&[(Role::Analyst, "analysts"), (Role::Viewer, "others")]),
    )))
    .await;
    for (name, role) in [("alice", "analyst"), ("bob", "viewer"), ("alice", "analyst")] {
        let entered = comes(&house, &real, name).await;
        assert_eq!(entered.headers()["location"], "/artists", "{name}");
        assert!(session(&entered).is_some());
        let count = "select count(*) from users where role = 'analyst' and email = 'alice@example.com'";
        assert_eq!(house.number(count).await, 1, "{name} is {role}");
    }
    assert_eq!(
        house.number("select count(*) from users where email like '%@example.com' and role = 'viewer'").await,
        1
    );
    let refused = comes(&house, &real, "mallory").await;
    assert!(
        session(&refused).is_none() && !notice_text(&refused).is_empty(),
        "an address that nobody has verified"
    );
}
