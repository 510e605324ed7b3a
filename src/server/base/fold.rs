//! Normalizes names for search.

use deunicode::deunicode_with_tofu;

/// Normalizes a name: Latin letters and digits without accents or case, words separated by one space. A name
/// without letters and digits is unchanged.
pub fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for character in deunicode_with_tofu(name, "").chars() {
        match character {
            '\'' | '`' | '"' => {}
            c if c.is_alphanumeric() => folded.extend(c.to_lowercase()),
            _ if folded.ends_with(' ') || folded.is_empty() => {}
            _ => folded.push(' '),
        }
    }
    folded.truncate(folded.trim_end().len());
    if folded.is_empty() { name.trim().to_lowercase().replace('\n', " ") } else { folded }
}
