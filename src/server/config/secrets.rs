//! Secrets from files, as containers and credential stores provide them: `KEY_FILE` is the path of a file that
//! contains the value of `KEY`.

use super::single_sign_on;
use super::values::{ConfigError, Values, wrong};

/// The secret keys.
const SECRETS: [&str; 9] = [
    "DATABASE_URL",
    "DATABASE_READ_URL",
    "MUSIC_ANALYTICS_ADMIN_PASSWORD",
    "MUSIC_ANALYTICS_API_TOKEN",
    single_sign_on::CLIENT_SECRET,
    "SOUNDCHARTS_APP_ID",
    "SOUNDCHARTS_API_KEY",
    "SOUNDCHARTS_CLIENT_ID",
    "SOUNDCHARTS_CLIENT_SECRET",
];

/// The `_FILE` variants of the secret keys.
pub(super) fn file_keys() -> impl Iterator<Item = String> {
    SECRETS.iter().map(|key| format!("{key}_FILE"))
}

/// Reads the files and sets the values of their keys.
///
/// # Errors
/// A file cannot be read or is empty; a key is set in addition to its file.
pub(super) fn read_files(values: &mut Values) -> Result<(), ConfigError> {
    for (key, file_key) in SECRETS.iter().zip(file_keys()) {
        let Some(path) = values.get(&file_key).map(str::to_owned) else { continue };
        if values.get(key).is_some() {
            return Err(wrong(&file_key, path, &format!("nothing, because {key} is set, too")));
        }
        let text = std::fs::read_to_string(&path)
            .map_err(|error| wrong(&file_key, &path, &format!("a file that can be read ({error})")))?;
        let secret = text.trim_end_matches(['\n', '\r']);
        if secret.is_empty() {
            return Err(wrong(&file_key, path, "a file with a secret in it"));
        }
        values.0.insert((*key).to_owned(), secret.to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_in_one_place() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("token").display().to_string();
        let with = |others: &[(&str, &str)]| {
            let file = ("MUSIC_ANALYTICS_API_TOKEN_FILE", path.as_str());
            let pairs = others.iter().copied().chain([file]);
            let mut values = Values(pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect());
            read_files(&mut values).map(|()| values)
        };
        let missing = with(&[]).err().unwrap().to_string();
        assert!(missing.contains("API_TOKEN_FILE") && missing.contains("can be read"), "{missing}");
        std::fs::write(&path, "s3cret of the file\r\n").unwrap();
        assert_eq!(with(&[]).unwrap().get("MUSIC_ANALYTICS_API_TOKEN"), Some("s3cret of the file"));
        let both = with(&[("MUSIC_ANALYTICS_API_TOKEN", "s3cret")]).err().unwrap().to_string();
        assert!(both.contains("is set, too") && !both.contains("s3cret"), "{both}");
        std::fs::write(&path, "\n").unwrap();
        assert!(with(&[]).err().unwrap().to_string().contains("a secret in it"));
    }
}
