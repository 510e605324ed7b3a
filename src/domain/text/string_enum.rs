//! String enums: one canonical order and one spelling in storage, files, the API and URLs.

/// The text is not a value of the enum.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{found}\" is not a {what}: expected one of {expected}")]
pub struct UnknownValue {
    /// What was expected, such as "kind".
    pub what: &'static str,
    /// What was found.
    pub found: String,
    /// The allowed values.
    pub expected: String,
}

/// Declares a string enum with `ALL`, `as_str`, `FromStr`, `Display`, serde and, on the server, an OpenAPI
/// schema. The doc comments become the schema's descriptions.
macro_rules! string_enum {
    ($(#[doc = $doc:literal])* $name:ident, $what:literal, { $($(#[doc = $meaning:literal])* $variant:ident = $word:literal,)+ }) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[doc = $meaning])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every value, in canonical order.
            pub const ALL: &[$name] = &[$($name::$variant,)+];

            /// The one spelling, in storage, files and the API.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word,)+ }
            }
        }

        #[cfg(feature = "ssr")]
        $crate::domain::text::schema::schema!($name, $crate::domain::text::schema::string_enum(
            concat!($($doc),*),
            &[$(($word, concat!($($meaning),*)),)+],
        ));

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::domain::text::string_enum::UnknownValue;

            fn from_str(text: &str) -> Result<Self, $crate::domain::text::string_enum::UnknownValue> {
                Self::ALL.iter().copied().find(|word| word.as_str() == text).ok_or_else(|| $crate::domain::text::string_enum::UnknownValue {
                    what: $what,
                    found: text.to_owned(),
                    expected: Self::ALL.iter().map(|word| word.as_str()).collect::<Vec<_>>().join(", "),
                })
            }
        }
    };
}
pub(crate) use string_enum;
