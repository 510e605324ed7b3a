//! The password policy.

/// Minimum length.
pub const MIN_LENGTH: usize = 8;

/// Maximum length, which bounds hashing time.
pub const LONGEST: usize = 256;

/// Common passwords of sufficient length, which attackers try first. In lower case, sorted. From the frequency
/// lists of zxcvbn (MIT licence, Copyright (c) 2012-2016 Dan Wheeler and Dropbox, Inc.).
const COMMON: &str = include_str!("common_passwords.txt");

/// Words that are easy to guess for this product, whatever is appended.
const CONTEXT: [&str; 8] =
    ["analyst", "analytics", "label", "music", "musicanalytics", "password", "soundcharts", "streams"];

/// Why a password is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Fewer than eight characters.
    #[error("a password has at least {MIN_LENGTH} characters")]
    Short,
    /// Longer than the maximum.
    #[error("a password has at most {LONGEST} characters")]
    Long,
    /// Easily guessed.
    #[error(
        "this password is among the commonest, or made of your address or of words of this product: choose another"
    )]
    Common,
}

/// Checks a new password of the account with this email. There are no rules on characters, because length matters
/// most.
///
/// # Errors
/// The password is too weak.
pub fn check_strength(password: &str, email: &str) -> Result<(), WeakPassword> {
    let lower = password.to_lowercase();
    match password.chars().count() {
        ..MIN_LENGTH => Err(WeakPassword::Short),
        MIN_LENGTH..=LONGEST => {
            let is_common = COMMON.lines().any(|common| common == lower);
            let is_address = lower == email || Some(lower.as_str()) == email.split('@').next();
            if is_address || is_common || is_of_context(&lower, email) {
                Err(WeakPassword::Common)
            } else {
                Ok(())
            }
        }
        _ => Err(WeakPassword::Long),
    }
}

/// Whether a password consists of easily guessed words for this account: "Music2026!".
fn is_of_context(password: &str, email: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).collect::<String>();
    let own: Vec<String> = email.split(['@', '.', '-', '_', '+']).map(letters).collect();
    let words = CONTEXT.iter().copied().chain(own.iter().map(String::as_str));
    let mut words: Vec<&str> = words.filter(|word| word.len() > 2).collect();
    words.sort_unstable_by_key(|word| std::cmp::Reverse(word.len()));
    let mut rest = letters(password);
    let has_letters = !rest.is_empty();
    for word in words {
        rest = rest.replace(word, "");
    }
    has_letters && rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_and_the_commonest_are_refused() {
        let of = |password: &str| check_strength(password, "ada@example.com");
        assert_eq!(of("1234567"), Err(WeakPassword::Short));
        assert_eq!(of("größer7"), Err(WeakPassword::Short));
        assert_eq!(of(&"a".repeat(257)), Err(WeakPassword::Long));
        let guessed = ["Music2026!", "analytics-2026", "ada-example-2026", "Soundcharts!1", "MusicAnalytics"];
        for common in ["password", "Password1", "12345678", "ada@example.com"].into_iter().chain(guessed) {
            assert_eq!(of(common), Err(WeakPassword::Common), "{common}");
        }
        // The email has only digits, or parts too short to count as words.
        for (password, email) in
            [("4915112345678", "4915112345678@example.com"), ("jo-li-xy", "jo-li-xy@example.com")]
        {
            assert_eq!(check_strength(password, email), Err(WeakPassword::Common), "{password}");
        }
        assert_eq!(of("kettle drum"), Ok(()));
        assert_eq!(of("musical kettle"), Ok(()));
        assert_eq!(of(&"ü".repeat(256)), Ok(()));
    }

    #[test]
    fn the_list_is_in_lower_case_and_long_enough_to_matter() {
        assert!(COMMON.lines().all(|word| word.chars().count() >= MIN_LENGTH && word == word.to_lowercase()));
        assert!(COMMON.lines().count() >= 10_000);
    }
}
