//! Output for the user at the terminal.

use std::borrow::Cow;
use std::io::{Write as _, stderr};

/// Prints a message to standard error.
pub fn tell(sentence: &str) {
    // Standard error may be closed; there is nowhere to report it.
    let _ = writeln!(stderr(), "{}", printable(sentence));
}

/// Replaces control characters: names come from outside and must not control the terminal.
pub fn printable(text: &str) -> Cow<'_, str> {
    let is_control = |c: char| c.is_control() && c != '\n' && c != '\t';
    if text.contains(is_control) { text.replace(is_control, "\u{fffd}").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_do_not_control_the_terminal() {
        assert_eq!(printable("a\u{1b}[31m\u{9b}b\r\n\tc"), "a\u{fffd}[31m\u{fffd}b\u{fffd}\n\tc");
        assert_eq!(printable("Größe – 1\n"), "Größe – 1\n");
    }
}
