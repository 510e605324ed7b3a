//! OpenAPI schemas of types that are serialized as strings: string enums, ids and dates. Structs derive
//! theirs. Server only.

use std::fmt::Write as _;

use serde_json::Value;
use utoipa::openapi::schema::{Object, ObjectBuilder, SchemaFormat, Type};

/// The schema of a string enum.
pub fn string_enum(about: &str, words: &[(&str, &str)]) -> Object {
    let mut description = format!("{}\n", about.trim());
    for (word, meaning) in words {
        let _ = write!(description, "\n- `{word}`: {}", meaning.trim());
    }
    let values = words.iter().map(|(word, _)| Value::from(*word));
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(description))
        .enum_values(Some(values))
        .build()
}

/// The schema of a string with a pattern.
pub fn text(about: &str, format: Option<&str>, pattern: &str, example: &str) -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(about))
        .format(format.map(|format| SchemaFormat::Custom(format.to_owned())))
        .pattern(Some(pattern))
        .examples([Value::from(example)])
        .build()
}

/// Implements the utoipa traits with a given schema.
macro_rules! schema {
    ($name:ident, $schema:expr) => {
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                $schema.into()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }
    };
}
pub(crate) use schema;
