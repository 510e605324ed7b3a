//! Declares the strict validation in the document: empty texts and unknown body fields are rejected.

use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{AdditionalProperties, ArrayItems, Object, Schema, SchemaType, Type};
use utoipa::openapi::{OpenApi, RefOr};

use super::operations;

/// Sets a minimum length for text parameters.
pub fn parameters(operation: &mut Operation) {
    for parameter in operation.parameters.iter_mut().flatten() {
        let RefOr::T(parameter) = parameter else { continue };
        if let Some(schema) = &mut parameter.schema {
            not_empty(schema);
        }
    }
}

fn not_empty(schema: &mut RefOr<Schema>) {
    match schema {
        RefOr::T(Schema::Object(text)) if is_free(text) => text.min_length = text.min_length.or(Some(1)),
        RefOr::T(Schema::Array(list)) => {
            if let ArrayItems::RefOrSchema(item) = &mut list.items {
                not_empty(item);
            }
        }
        _ => {}
    }
}

/// Whether the schema accepts any text.
fn is_free(text: &Object) -> bool {
    let is_text = |kind: &SchemaType| match kind {
        SchemaType::Type(kind) => *kind == Type::String,
        SchemaType::Array(kinds) => kinds.contains(&Type::String),
        SchemaType::AnyValue => false,
    };
    is_text(&text.schema_type)
        && text.format.is_none()
        && text.pattern.is_none()
        && text.enum_values.is_none()
}

/// Forbids additional body fields and empty texts.
pub fn bodies(document: &mut OpenApi) {
    let calls = document.paths.paths.values().flat_map(operations);
    let contents = calls.filter_map(|(_, call)| match &call.request_body {
        Some(RefOr::T(body)) => Some(body.content.values()),
        _ => None,
    });
    let names: Vec<String> = contents
        .flatten()
        .filter_map(|content| match content {
            RefOr::T(content) => content.schema.as_ref(),
            RefOr::Ref(_) => None,
        })
        .filter_map(|schema| match schema {
            RefOr::Ref(to) => to.ref_location.rsplit('/').next().map(str::to_owned),
            RefOr::T(_) => None,
        })
        .collect();
    let Some(components) = &mut document.components else { return };
    for name in names {
        if let Some(RefOr::T(Schema::Object(body))) = components.schemas.get_mut(&name) {
            body.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
            body.properties.values_mut().for_each(not_empty);
        }
    }
}
