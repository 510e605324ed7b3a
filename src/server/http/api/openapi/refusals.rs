//! Error responses, each described once and referenced by the calls.

use utoipa::ToResponse;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{ContentBuilder, Ref, RefOr};

/// An error response.
#[derive(Debug, Clone, Copy)]
pub struct Refusal {
    /// Its name in the document.
    pub name: &'static str,
    pub status: u16,
    /// Whether any call may return it.
    pub is_anywhere: bool,
    pub about: &'static str,
    headers: &'static [(&'static str, &'static str)],
}

impl Refusal {
    pub fn response(self) -> Response {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let response =
            ResponseBuilder::new().description(self.about).content("application/problem+json", content);
        let number = || ObjectBuilder::new().schema_type(Type::Integer).build();
        let header =
            |about: &str| HeaderBuilder::new().schema(Some(number())).description(Some(about)).build();
        let headers = self.headers.iter();
        headers.fold(response, |response, (name, about)| response.header(*name, header(about))).build()
    }

    /// A reference to the response.
    pub fn reference(self) -> RefOr<Response> {
        RefOr::Ref(Ref::from_response_name(self.name))
    }
}

const RETRY: (&str, &str) = ("retry-after", "Seconds after which it is worth another try.");
const LIMITS: [(&str, &str); 4] = [
    RETRY,
    ("ratelimit-limit", "Calls that the token may make in a minute."),
    ("ratelimit-remaining", "Calls left in this minute."),
    ("ratelimit-reset", "Seconds until the next minute."),
];

macro_rules! refusals {
    ($($name:ident, $status:literal, $is_anywhere:literal, $headers:expr, $about:literal;)+) => {
        $(
            #[doc = $about]
            #[derive(Debug)]
            pub struct $name;

            impl $name {
                const REFUSAL: Refusal = Refusal {
                    name: stringify!($name),
                    status: $status,
                    is_anywhere: $is_anywhere,
                    about: $about,
                    headers: $headers,
                };
            }

            impl<'r> ToResponse<'r> for $name {
                fn response() -> (&'r str, RefOr<Response>) {
                    (stringify!($name), Self::REFUSAL.response().into())
                }
            }
        )+

        pub const fn all() -> [Refusal; [$($status,)+].len()] {
            [$($name::REFUSAL,)+]
        }
    };
}

refusals! {
    BadRequest, 400, true, &[], "The call cannot be read: a parameter or field is unknown, missing or wrong.";
    Unauthorized, 401, true, &[], "There is neither a session nor a token that is known and has not expired.";
    Forbidden, 403, true, &[], "The session or token may not do this.";
    NotFound, 404, false, &[], "There is no such thing.";
    Unanswerable, 422, false, &[], "The call can be read and not be answered as it is put: it names what is not there, or cannot be reported on.";
    TooManyCalls, 429, true, &LIMITS, "The token has made its calls of this minute.";
    ProviderFailed, 502, false, &[], "The provider did not answer, or not as it should.";
    Unavailable, 503, true, &[RETRY], "Not now: an import is running, too much goes on at once, or nothing can be fetched. `detail` says which.";
}
