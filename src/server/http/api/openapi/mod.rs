//! The OpenAPI document: `GET /openapi.json`. Calls come from the annotations of their handlers, which also build
//! the router; schemas come from the response types. What all calls share is added here.

pub mod bodies;
pub mod parameters;
pub mod refusals;
mod strict;
#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use axum::http::Method;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use utoipa::openapi::path::{HttpMethod, Operation, PathItem};
use utoipa::openapi::schema::{Object, Schema, SchemaType, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ComponentsBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, RefOr, SecurityRequirement,
    Server,
};

use super::parameters::NoParams;
use crate::domain::query::{Compare, FieldError, Group};
use crate::domain::sync::SyncState;
use crate::domain::{Month, Problem, Role};
use crate::server::export::csv::Table;
use crate::server::http::auth::RequireRead;
use crate::server::http::auth::routes::{Access, Route};

pub const BASE: &str = "/api/v1";

/// The tags, in display order.
const TAGS: [(&str, &str); 6] = [
    ("Reports", "The numbers of artists over a range of days, and what the database has for them."),
    ("Exports", "The same reports as files."),
    ("Syncs", "Fetching what a report lacks from the provider."),
    ("Artists", "Finding artists, adding them from the provider, and linking those that have no UUID."),
    ("What can be chosen", "The platforms and countries that a report takes."),
    ("This document", "The API describes itself."),
];

/// The document, built once.
pub fn document() -> &'static OpenApi {
    static DOCUMENT: OnceLock<OpenApi> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        let mut document = super::calls().into_openapi();
        document.paths.paths.values_mut().for_each(|path| operations_mut(path).for_each(in_common));
        document
            .components
            .iter_mut()
            .flat_map(|parts| parts.schemas.values_mut())
            .for_each(require_what_is_null);
        strict::bodies(&mut document);
        document
    })
}

pub fn operations(path: &PathItem) -> impl Iterator<Item = (HttpMethod, &Operation)> {
    let PathItem { get, post, put, patch, delete, .. } = path;
    [
        (HttpMethod::Get, get),
        (HttpMethod::Post, post),
        (HttpMethod::Put, put),
        (HttpMethod::Patch, patch),
        (HttpMethod::Delete, delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_ref()?)))
}

pub fn scope(operation: &Operation) -> Option<String> {
    let requirement = serde_json::to_value(operation.security.as_ref()?.first()?).ok()?;
    Some(requirement["token"][0].as_str()?.to_owned())
}

/// All calls for the route table: the required right is the scope in the document.
pub fn routes() -> impl Iterator<Item = Route> {
    document().paths.paths.iter().flat_map(|(path, item)| {
        operations(item).map(move |(method, call)| {
            let right = scope(call).and_then(|scope| scope.parse().ok());
            let right = right.expect("every call names its scope: a test asks");
            Route { method: method_of(&method), path: format!("{BASE}{path}"), access: Access::Caller(right) }
        })
    })
}

fn method_of(method: &HttpMethod) -> Method {
    match method {
        HttpMethod::Get => Method::GET,
        HttpMethod::Post => Method::POST,
        HttpMethod::Put => Method::PUT,
        HttpMethod::Delete => Method::DELETE,
        HttpMethod::Options => Method::OPTIONS,
        HttpMethod::Head => Method::HEAD,
        HttpMethod::Patch => Method::PATCH,
        HttpMethod::Trace => Method::TRACE,
    }
}

/// This document.
///
/// OpenAPI 3.1, as JSON. There is a page of it at `/api/docs`.
#[utoipa::path(
    get, path = "/openapi.json", operation_id = "openapi", tag = "This document",
    responses((status = 200, description = "The document", content_type = "application/json")),
    security(("token" = ["read"])),
)]
pub async fn json(RequireRead(_): RequireRead, _: NoParams) -> impl IntoResponse {
    static JSON: OnceLock<String> = OnceLock::new();
    let json = JSON.get_or_init(|| document().to_json().expect("a document of texts and numbers is JSON"));
    ([(CONTENT_TYPE, "application/json")], json.as_str())
}

/// The document before calls are added.
pub fn base() -> OpenApi {
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An API token; the list of a call names the scope that it needs."))
        .build();
    let cookie = ApiKeyValue::with_description(
        "__Host-session",
        "The session of the pages. Without https its name is `session-` and the server's port.",
    );
    let components = ComponentsBuilder::new()
        .security_scheme("token", SecurityScheme::Http(token))
        .security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)))
        .schema_from::<Problem>()
        .schema_from::<FieldError>()
        // Schemas that only parameters reference.
        .schema_from::<Month>()
        .schema_from::<Role>()
        .schema_from::<Group>()
        .schema_from::<Compare>()
        .schema_from::<SyncState>()
        .schema_from::<Table>();
    let components = refusals::all()
        .into_iter()
        .fold(components, |components, refusal| components.response(refusal.name, refusal.response()));
    let license = LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build();
    let info = InfoBuilder::new()
        .title("Music Analytics")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(include_str!("about.md")))
        .license(Some(license))
        .build();
    let tags = TAGS.map(|(name, about)| TagBuilder::new().name(name).description(Some(about)).build());
    OpenApiBuilder::new()
        .info(info)
        .servers(Some([Server::new(BASE)]))
        .components(Some(components.build()))
        .tags(Some(tags))
        .build()
}

fn operations_mut(path: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, post, put, patch, delete, .. } = path;
    [get, post, put, patch, delete].into_iter().flatten()
}

/// Adds what all calls share: sessions are accepted like tokens of the scope, and some errors occur before the
/// handler runs.
fn in_common(operation: &mut Operation) {
    let scope = scope(operation).expect("every call names its scope: a test asks");
    operation.security = Some(["token", "session"].map(|by| SecurityRequirement::new(by, [&scope])).into());
    let needs = format!("Needs the scope `{scope}`.");
    operation.description = Some(match operation.description.take() {
        Some(description) if !description.is_empty() => format!("{description}\n\n{needs}"),
        _ => needs,
    });
    strict::parameters(operation);
    for refusal in refusals::all().into_iter().filter(|refusal| refusal.is_anywhere) {
        let status = refusal.status.to_string();
        operation.responses.responses.entry(status).or_insert_with(|| refusal.reference());
    }
}

/// Marks nullable fields as required: they are always present, while optional fields are never null.
fn require_what_is_null(schema: &mut RefOr<Schema>) {
    let RefOr::T(Schema::Object(Object { properties, required, .. })) = schema else { return };
    *required = properties
        .iter()
        .filter(|(name, property)| required.contains(name) || is_nullable(property))
        .map(|(name, _)| name.clone())
        .collect();
}

pub fn is_nullable(schema: &RefOr<Schema>) -> bool {
    let has_null = |kind: &SchemaType| {
        matches!(kind, SchemaType::Array(kinds) if kinds.contains(&Type::Null))
            || *kind == SchemaType::Type(Type::Null)
    };
    match schema {
        RefOr::Ref(_) => false,
        RefOr::T(Schema::Object(object)) => has_null(&object.schema_type),
        RefOr::T(Schema::Array(array)) => has_null(&array.schema_type),
        RefOr::T(Schema::OneOf(one)) => one.items.iter().any(is_nullable),
        RefOr::T(_) => false,
    }
}
