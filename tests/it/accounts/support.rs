//! A server per test, with users, browsers and tokens.

#![allow(dead_code, reason = "every test file uses its own part")]

use music_analytics::domain::accounts::{Right, Role};
use music_analytics::server::accounts::password::Hasher;
use music_analytics::server::accounts::tokens::{self, NewToken};
use music_analytics::server::accounts::{Person, users};
use music_analytics::server::config::Config;
use music_analytics::server::state::context::Context;
use music_analytics::server::store::Db;
use music_analytics::server::sync::Provider;
use reqwest::{Client, RequestBuilder, Response};
use tempfile::TempDir;
use tokio::time::{Duration, sleep};

use super::engine;
use super::signed_in::{self, EMAIL, PASSWORD};

pub struct TestServer {
    pub base: String,
    pub context: Context,
    _directory: TempDir,
}

impl TestServer {
    /// With an admin and their token.
    pub async fn new() -> Self {
        Self::with(signed_in::configured(Config::default())).await
    }

    pub async fn with(config: Config) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let url = engine::new_database(directory.path()).await;
        Self::at(config, &url, directory).await
    }

    /// With an existing database.
    pub async fn at(config: Config, url: &str, directory: TempDir) -> Self {
        let db = Db::open(url).await.unwrap();
        let provider = Provider::choose(&config, &db).await.unwrap();
        let context = Context::new(config, db, provider);
        let base = signed_in::serve(&context).await;
        TestServer { base, context, _directory: directory }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Adds a user; returns a token of theirs.
    pub async fn token_of(&self, email: &str, role: Role, scope: Right) -> String {
        let by = Person::operator();
        let db = &self.context.db;
        let user = users::add(db, &Hasher::default(), &by, email, role, PASSWORD).await.unwrap();
        let new = NewToken { name: "of the tests".to_owned(), scope, days: None };
        tokens::create(db, &by, &user, new).await.unwrap()
    }

    /// Submits the sign-in form from an address, as forwarded by a trusted proxy.
    pub async fn try_to_sign_in(&self, email: &str, password: &str) -> Response {
        sign_in(&signed_in::anonymous().build().unwrap(), &self.base, email, password).await
    }

    /// A signed-in browser.
    pub async fn browser(&self, email: &str, password: &str) -> Browser {
        let answer = self.try_to_sign_in(email, password).await;
        assert_eq!(answer.status(), 303, "{email} signs in");
        self.browser_with(cookie(&answer))
    }

    /// A browser with a cookie.
    pub fn browser_with(&self, cookie: String) -> Browser {
        Browser { base: self.base.clone(), cookie, client: signed_in::anonymous().build().unwrap() }
    }

    pub async fn admin(&self) -> Browser {
        self.browser(EMAIL, PASSWORD).await
    }

    /// Changes the database directly, for example to let time pass.
    pub async fn change(&self, sql: &'static str) {
        let mut tx = self.context.db.write().await.unwrap();
        assert!(sqlx::query(sql).execute(&mut *tx).await.unwrap().rows_affected() > 0, "{sql}");
        tx.commit().await.unwrap();
    }

    /// The user id for an email address.
    pub async fn id_of(&self, email: &str) -> String {
        let mut tx = self.context.db.read().await.unwrap();
        let sql = "select id from users where email = $1";
        sqlx::query_scalar(sql).bind(email.to_owned()).fetch_one(&mut *tx).await.unwrap()
    }

    /// The number of entries in the audit log.
    pub async fn noted(&self, action: &str) -> i64 {
        let mut tx = self.context.db.read().await.unwrap();
        let sql = "select count(*) from audit_log where action = $1";
        sqlx::query_scalar(sql).bind(action.to_owned()).fetch_one(&mut *tx).await.unwrap()
    }

    /// One number from the database.
    pub async fn number(&self, sql: &'static str) -> i64 {
        let mut tx = self.context.db.read().await.unwrap();
        sqlx::query_scalar(sql).fetch_one(&mut *tx).await.unwrap()
    }
}

pub async fn sign_in(client: &Client, base: &str, email: &str, password: &str) -> Response {
    form(client.post(format!("{base}/sign-in")), &[("email", email), ("password", password)])
        .send()
        .await
        .unwrap()
}

/// A request with the fields of a form.
pub fn form(request: RequestBuilder, fields: &[(&str, &str)]) -> RequestBuilder {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    request.header("content-type", "application/x-www-form-urlencoded").body(body)
}

/// The session cookie set by a response: "NAME=TOKEN".
pub fn cookie(answer: &Response) -> String {
    let header = answer.headers()["set-cookie"].to_str().unwrap();
    header.split(';').next().unwrap().to_owned()
}

/// A browser with a session.
pub struct Browser {
    pub base: String,
    pub cookie: String,
    client: Client,
}

impl Browser {
    /// A client that sends the cookie with every request.
    pub fn into_client(self) -> Client {
        let headers = [("cookie".parse().unwrap(), self.cookie.parse().unwrap())];
        signed_in::anonymous().default_headers(headers.into_iter().collect()).build().unwrap()
    }

    pub async fn get(&self, path: &str) -> Response {
        self.client.get(format!("{}{path}", self.base)).header("cookie", &self.cookie).send().await.unwrap()
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let request = self.client.post(format!("{}{path}", self.base)).header("cookie", &self.cookie);
        form(request, fields).send().await.unwrap()
    }

    /// Submits a form and loads the page it redirects to twice, like a user who reloads.
    pub async fn sends(&self, path: &str, fields: &[(&str, &str)]) -> [String; 2] {
        let answer = self.post(path, fields).await;
        assert_eq!(
            answer.status(),
            303,
            "a form leads on, so that a page that is loaded anew repeats nothing"
        );
        let to = format!("{}{}", self.base, answer.headers()["location"].to_str().unwrap());
        let brought = answer.headers().get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
        let mut cookies = vec![self.cookie.clone()];
        cookies.extend(brought.map(|cookie| cookie.split(';').next().unwrap().to_owned()));
        let shown = self.client.get(&to).header("cookie", cookies.join("; ")).send().await.unwrap();
        assert_eq!(shown.headers()["cache-control"], "no-store");
        for gone in shown.headers().get_all("set-cookie") {
            let gone = gone.to_str().unwrap();
            assert!(gone.contains("Max-Age=0"), "{gone}");
            let name = gone.split('=').next().unwrap();
            cookies.retain(|cookie| !cookie.starts_with(&format!("{name}=")));
        }
        let again = self.client.get(&to).header("cookie", cookies.join("; ")).send().await.unwrap();
        [shown.text().await.unwrap(), again.text().await.unwrap()]
    }

    pub async fn text(&self, path: &str) -> String {
        self.get(path).await.text().await.unwrap()
    }
}

/// The one-time secret shown on a page.
pub fn shown_secret(page: &str) -> Option<String> {
    Some(page.split("class=\"secret\">").nth(1)?.split('<').next()?.to_owned())
}

/// The `Location` of a response.
pub fn location(answer: &Response) -> &str {
    answer.headers().get("location").map_or("", |to| to.to_str().unwrap())
}

/// Polls until a condition holds.
pub async fn until(what: &str, is_so: impl AsyncFn() -> bool) {
    for _ in 0..500 {
        if is_so().await {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("{what} did not happen in five seconds");
}

/// A client with a forwarded address, as set by a local proxy.
pub fn from(address: &str) -> Client {
    let headers = [("x-forwarded-for".parse().unwrap(), address.parse().unwrap())];
    signed_in::anonymous().default_headers(headers.into_iter().collect()).build().unwrap()
}
