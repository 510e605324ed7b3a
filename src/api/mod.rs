//! Server functions: what the page in the browser asks the server for. Each is a name, a signature
//! and one call into `crate::server`. Endpoints are named, so that a tab that was opened before an
//! update still finds them after it.
//!
//! Each begins with who may call it: `caller::reader` or `caller::analyst`.

pub mod analytics;
pub mod artists;
pub mod platforms;
pub mod syncs;
pub mod tracks;

use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};

use crate::domain::Problem;
use crate::domain::view::Sent;

/// What a server function answers. One type for all of them, so that the bundle holds the machinery once; each says
/// what it sends.
pub type Answered = Result<Sent, Problem>;

impl FromServerFnError for Problem {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Problem::new(
                503,
                "Service Unavailable",
                "The server cannot be reached: check the connection.",
            ),
            // Of a call on the server, of an answer in the browser.
            ServerFnErrorErr::Deserialization(_) => Problem::new(
                400,
                "Version Mismatch",
                "The server has been updated since this page was opened: reload the page.",
            ),
            error => Problem::new(500, "Internal Server Error", error.to_string()),
        }
    }

    /// What is sent where a function fails, with the status that its problem has.
    #[cfg(feature = "ssr")]
    fn ser(&self) -> bytes::Bytes {
        crate::server::page_status::tell(self);
        serde_json::to_vec(self).expect("a problem of texts and numbers is JSON").into()
    }
}
