//! Server functions. Each is a name, a signature and one call into `crate::server`. Endpoints have fixed
//! names, so that tabs opened before an update still find them.
//!
//! Each starts with an authorization check: `caller::reader` or `caller::analyst`.

pub mod analytics;
pub mod artists;
pub mod platforms;
pub mod syncs;
pub mod tracks;

use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};

use crate::domain::Problem;
use crate::domain::view::Sent;

/// The result of every server function. A single type, so that the bundle contains the client code only once;
/// each function documents its payload.
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
            // On the server this is the request, in the browser the response.
            ServerFnErrorErr::Deserialization(_) => Problem::new(
                400,
                "Version Mismatch",
                "The server has been updated since this page was opened: reload the page.",
            ),
            error => Problem::new(500, "Internal Server Error", error.to_string()),
        }
    }

    /// The response body of a failed function. Also sets the HTTP status.
    #[cfg(feature = "ssr")]
    fn ser(&self) -> bytes::Bytes {
        crate::server::page_status::tell(self);
        serde_json::to_vec(self).expect("a problem of texts and numbers is JSON").into()
    }
}
