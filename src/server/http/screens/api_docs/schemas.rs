//! The schemas as linked disclosures.

use leptos::prelude::*;
use utoipa::openapi::schema::{ArrayItems, Object, Schema, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{OpenApi, RefOr};

use super::super::parts::table;
use super::prose;

/// All schemas, by name.
pub fn section(document: &'static OpenApi) -> AnyView {
    let schemas = document.components.iter().flat_map(|parts| &parts.schemas);
    let schemas: Vec<AnyView> = schemas
        .map(|(name, schema)| {
            // Browsers open a disclosure when a link targets an element inside it.
            view! {
                <details class="api-schema">
                    <summary><h3><code>{name.clone()}</code></h3></summary>
                    <div id=anchor(name) class="api-part">{content(name, schema)}</div>
                </details>
            }
            .into_any()
        })
        .collect();
    view! {
        <section class="card" aria-labelledby="schemas">
            <h2 id="schemas">"Schemas"</h2>
            <p class="hint">"What bodies and answers are made of."</p>
            {schemas}
        </section>
    }
    .into_any()
}

fn anchor(name: &str) -> String {
    format!("schema-{name}")
}

fn content(name: &str, schema: &RefOr<Schema>) -> AnyView {
    let RefOr::T(Schema::Object(object)) = schema else { return kind(schema) };
    let about = prose::prose(object.description.as_deref().unwrap_or_default());
    if object.properties.is_empty() {
        return view! { {about} <p class="hint">{kind(schema)}</p> }.into_any();
    }
    view! { {about} {fields(format!("Fields of {name}"), object)} }.into_any()
}

/// The fields of an object.
fn fields(caption: String, object: &Object) -> AnyView {
    let rows = object.properties.iter().map(|(name, field)| {
        let is_there = object.required.contains(name);
        vec![
            view! { <code>{name.clone()}</code> {(!is_there).then_some(optional())} }.into_any(),
            kind(field),
            prose::line(about(field).unwrap_or_default()),
        ]
    });
    table(caption, &["Field", "Type", "What it is"], rows.collect())
}

pub fn optional() -> AnyView {
    view! { <span class="below">"optional"</span> }.into_any()
}

/// The description of a schema, or of the reference in it.
fn about(schema: &RefOr<Schema>) -> Option<&str> {
    match schema {
        RefOr::Ref(to) => Some(to.description.as_str()).filter(|about| !about.is_empty()),
        RefOr::T(Schema::Object(object)) => object.description.as_deref(),
        RefOr::T(Schema::Array(array)) => array.description.as_deref(),
        RefOr::T(Schema::OneOf(one)) => {
            one.description.as_deref().or_else(|| one.items.iter().find_map(about))
        }
        RefOr::T(Schema::AllOf(all)) => {
            all.description.as_deref().or_else(|| all.items.iter().find_map(about))
        }
        RefOr::T(_) => None,
    }
}

/// The type of a schema, with links to named schemas.
pub fn kind(schema: &RefOr<Schema>) -> AnyView {
    match schema {
        RefOr::Ref(to) => {
            let name = to.ref_location.rsplit('/').next().unwrap_or_default().to_owned();
            view! { <a class="link" href=format!("#{}", anchor(&name))>{name.clone()}</a> }.into_any()
        }
        RefOr::T(Schema::Object(object)) => words(object).into_any(),
        RefOr::T(Schema::Array(array)) => {
            let of = match &array.items {
                ArrayItems::RefOrSchema(items) => kind(items),
                ArrayItems::False => ().into_any(),
            };
            let or_null = is_null(&array.schema_type).then_some(" or null");
            view! { "array of " {of} {or_null} }.into_any()
        }
        RefOr::T(Schema::OneOf(one)) => any_of(&one.items),
        RefOr::T(Schema::AnyOf(any)) => any_of(&any.items),
        // utoipa generates `allOf` with a reference and a description.
        RefOr::T(Schema::AllOf(all)) => all.items.first().map_or_else(|| ().into_any(), kind),
        RefOr::T(_) => ().into_any(),
    }
}

/// Alternatives joined by "or", null last.
fn any_of(ways: &[RefOr<Schema>]) -> AnyView {
    let (nulls, others): (Vec<_>, Vec<_>) = ways
        .iter()
        .partition(|way| matches!(way, RefOr::T(Schema::Object(object)) if object.schema_type == SchemaType::Type(Type::Null)));
    let ways = others.into_iter().chain(nulls).enumerate();
    ways.map(|(index, way)| view! { {(index > 0).then_some(" or ")} {kind(way)} }.into_any())
        .collect::<Vec<_>>()
        .into_any()
}

fn is_null(kind: &SchemaType) -> bool {
    matches!(kind, SchemaType::Array(kinds) if kinds.contains(&Type::Null))
}

/// The type name of a non-array schema.
fn words(object: &Object) -> String {
    let word = |kind: &Type| match kind {
        Type::Object => "object",
        Type::String => "string",
        Type::Integer => "integer",
        Type::Number => "number",
        Type::Boolean => "boolean",
        Type::Array => "array",
        Type::Null => "null",
    };
    let kinds = match &object.schema_type {
        SchemaType::Type(kind) => vec![word(kind)],
        SchemaType::Array(kinds) => kinds.iter().map(word).collect(),
        SchemaType::AnyValue => vec!["anything"],
    };
    let format = match &object.format {
        Some(SchemaFormat::Custom(format)) => format!(" ({format})"),
        Some(SchemaFormat::KnownFormat(format)) => {
            let format = serde_json::to_value(format).ok();
            let format = format.as_ref().and_then(|format| format.as_str());
            format
                .filter(|format| !format.starts_with("int"))
                .map(|format| format!(" ({format})"))
                .unwrap_or_default()
        }
        None => String::new(),
    };
    format!("{}{format}", kinds.join(" or "))
}
