//! The JSON API served from a test fixture.

use music_analytics::server::state::context::Context;
use music_analytics::server::sync::Workers;
use reqwest::{Client, Method, Response};
use serde_json::Value;

use super::signed_in;
use super::support::Fixture;

pub struct ApiServer {
    base: String,
    client: Client,
    workers: Workers,
}

impl ApiServer {
    pub async fn over(world: &Fixture) -> Self {
        let workers = world.workers().await;
        let config = signed_in::configured(world.config.clone());
        let context = Context::new(config, world.db.clone(), world.provider().await);
        let base = signed_in::serve(&Context { wake: workers.wake(), ..context }).await;
        let base = format!("{base}/api/v1");
        ApiServer { base, client: signed_in::with_token(signed_in::TOKEN), workers }
    }

    pub async fn send(&self, method: Method, path: &str, body: Option<&str>) -> Response {
        let request = self.client.request(method, format!("{}{path}", self.base));
        let request = match body {
            Some(body) => request.header("content-type", "application/json").body(body.to_owned()),
            None => request,
        };
        request.send().await.unwrap()
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        answer(self.send(Method::GET, path, None).await).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.post_text(path, &body.to_string()).await
    }

    pub async fn post_text(&self, path: &str, body: &str) -> (u16, Value) {
        answer(self.send(Method::POST, path, Some(body)).await).await
    }

    pub async fn stop(self) {
        self.workers.stop().await;
    }
}

async fn answer(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    (status, serde_json::from_str(&response.text().await.unwrap()).unwrap_or(Value::Null))
}
