//! The product's JSON API over a test's own world.

use music_analytics::server::context::Context;
use music_analytics::server::http::router;
use music_analytics::server::sync::Workers;
use reqwest::{Client, Method, Response};
use serde_json::Value;

use super::support::World;

pub struct Served {
    base: String,
    client: Client,
    workers: Workers,
}

impl Served {
    pub async fn over(world: &World) -> Self {
        let workers = world.workers().await;
        let context = Context::new(world.config.clone(), world.db.clone(), world.provider().await);
        let app = router(Context { wake: workers.wake(), ..context });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/api/v1", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Served { base, client: Client::builder().no_proxy().build().unwrap(), workers }
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
