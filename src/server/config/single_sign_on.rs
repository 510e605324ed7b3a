//! Single sign-on: the provider, and the roles of its groups.

use std::collections::HashSet;

use super::network::{PublicUrl, hosts};
use super::values::{ConfigError, Values, wrong};
use crate::domain::accounts::Role;
use crate::server::base::https_url::is_safe;
use crate::server::base::secret::SecretString;

pub(super) const ISSUER: &str = "MUSIC_ANALYTICS_OIDC_ISSUER";
pub(super) const CLIENT_ID: &str = "MUSIC_ANALYTICS_OIDC_CLIENT_ID";
pub(super) const CLIENT_SECRET: &str = "MUSIC_ANALYTICS_OIDC_CLIENT_SECRET";
pub(super) const NAME: &str = "MUSIC_ANALYTICS_OIDC_NAME";
pub(super) const HOSTS: &str = "MUSIC_ANALYTICS_OIDC_HOSTS";
pub(super) const GROUPS_CLAIM: &str = "MUSIC_ANALYTICS_OIDC_GROUPS_CLAIM";
pub(super) const ADMIN_GROUPS: &str = "MUSIC_ANALYTICS_OIDC_ADMIN_GROUPS";
pub(super) const ANALYST_GROUPS: &str = "MUSIC_ANALYTICS_OIDC_ANALYST_GROUPS";
pub(super) const VIEWER_GROUPS: &str = "MUSIC_ANALYTICS_OIDC_VIEWER_GROUPS";

/// Keys without effect unless a provider is set.
const DEPENDENT: [&str; 8] =
    [CLIENT_ID, CLIENT_SECRET, NAME, HOSTS, GROUPS_CLAIM, ADMIN_GROUPS, ANALYST_GROUPS, VIEWER_GROUPS];
/// Maximum length of the button's label.
const LONGEST_NAME: usize = 40;

/// Settings of the OpenID Connect provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SingleSignOn {
    /// `MUSIC_ANALYTICS_OIDC_ISSUER`: must match the provider's issuer exactly.
    pub issuer: String,
    /// `MUSIC_ANALYTICS_OIDC_CLIENT_ID`.
    pub client_id: String,
    /// `MUSIC_ANALYTICS_OIDC_CLIENT_SECRET`; `None` for a public client.
    pub client_secret: Option<SecretString>,
    /// `MUSIC_ANALYTICS_OIDC_NAME`: display name of the provider.
    pub name: String,
    /// `MUSIC_ANALYTICS_OIDC_HOSTS`: further hosts to which the provider redirects before it shows a page.
    pub hosts: Vec<String>,
    /// `MUSIC_ANALYTICS_OIDC_GROUPS_CLAIM`: the claim that lists a user's groups.
    pub groups_claim: String,
    /// `MUSIC_ANALYTICS_OIDC_..._GROUPS`: groups by role.
    pub groups: Groups,
    /// Callback URL, below the public URL.
    pub redirect: String,
}

/// Roles by groups.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Groups(Vec<(Role, HashSet<String>)>);

impl Groups {
    pub fn new(groups: impl IntoIterator<Item = (Role, HashSet<String>)>) -> Self {
        Groups(groups.into_iter().filter(|(_, names)| !names.is_empty()).collect())
    }

    /// Whether groups determine roles.
    pub fn decide(&self) -> bool {
        !self.0.is_empty()
    }

    /// The highest role of a user's groups.
    pub fn role_of(&self, groups: &[String]) -> Option<Role> {
        let is_in = |names: &HashSet<String>| groups.iter().any(|group| names.contains(group));
        self.0.iter().filter(|(_, names)| is_in(names)).map(|(role, _)| *role).max()
    }
}

/// Reads the settings; `None` if nothing is set. Incomplete settings are an error.
pub(super) fn read(
    values: &Values,
    public_url: Option<&PublicUrl>,
) -> Result<Option<SingleSignOn>, ConfigError> {
    let Some(issuer) = values.get(ISSUER) else {
        return match DEPENDENT.iter().find(|key| values.get(key).is_some()) {
            Some(key) => Err(wrong(ISSUER, "", &format!("the provider's address, because {key} is set"))),
            None => Ok(None),
        };
    };
    if !is_safe(issuer) {
        let expected = "https://..., or http:// and a loopback host, without user, query and fragment";
        return Err(wrong(ISSUER, "(no such address)", expected));
    }
    let needed = |key: &str, what: &str| {
        values.get(key).ok_or_else(|| wrong(key, "", &format!("{what}, because {ISSUER} is set")))
    };
    let client_id = needed(CLIENT_ID, "the client's id at the provider")?;
    let public_url = public_url.filter(|url| url.is_https() || url.is_loopback()).ok_or_else(|| {
        let expected = format!("the https address that people open, because {ISSUER} is set");
        wrong(
            "MUSIC_ANALYTICS_PUBLIC_URL",
            public_url.map(ToString::to_string).unwrap_or_default(),
            &expected,
        )
    })?;
    let name = values.get(NAME).unwrap_or("Single sign-on");
    if name.chars().count() > LONGEST_NAME || name.contains(char::is_control) {
        return Err(wrong(NAME, name, &format!("a label of at most {LONGEST_NAME} characters")));
    }
    let groups =
        [(Role::Admin, ADMIN_GROUPS), (Role::Analyst, ANALYST_GROUPS), (Role::Viewer, VIEWER_GROUPS)];
    Ok(Some(SingleSignOn {
        issuer: issuer.to_owned(),
        client_id: client_id.to_owned(),
        client_secret: values.get(CLIENT_SECRET).map(SecretString::new),
        name: name.to_owned(),
        hosts: hosts(values.get(HOSTS))
            .map_err(|host| wrong(HOSTS, host, "host names, separated by commas"))?,
        groups_claim: values.get(GROUPS_CLAIM).unwrap_or("groups").to_owned(),
        groups: Groups::new(groups.map(|(role, key)| (role, listed(values.get(key))))),
        redirect: format!("{public_url}{CALLBACK}"),
    }))
}

/// Path of the callback.
pub const CALLBACK: &str = "/sign-in/single-sign-on/callback";

fn listed(text: Option<&str>) -> HashSet<String> {
    let names = text.into_iter().flat_map(|text| text.split(',')).map(str::trim);
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: (&str, &str) = ("MUSIC_ANALYTICS_PUBLIC_URL", "https://music.example.com");

    fn from(pairs: &[(&str, &str)]) -> Result<Option<SingleSignOn>, ConfigError> {
        let values = pairs.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect();
        let public = pairs.iter().find(|(key, _)| *key == HERE.0).map(|(_, value)| value.parse().unwrap());
        read(&Values(values), public.as_ref())
    }

    #[test]
    fn nothing_or_all_of_it() {
        assert_eq!(from(&[]).unwrap(), None);
        let all = [(ISSUER, "https://id.example.com/realms/music"), (CLIENT_ID, "music"), HERE];
        let read = from(&all).unwrap().unwrap();
        assert_eq!((read.name.as_str(), read.groups_claim.as_str()), ("Single sign-on", "groups"));
        assert_eq!(read.redirect, "https://music.example.com/sign-in/single-sign-on/callback");
        assert!(!read.groups.decide() && read.client_secret.is_none());
        for (missing, key) in [(0, ISSUER), (1, CLIENT_ID), (2, HERE.0)] {
            let rest: Vec<_> =
                all.iter().enumerate().filter(|(at, _)| *at != missing).map(|(_, pair)| *pair).collect();
            assert!(from(&rest).unwrap_err().to_string().contains(key), "{key}");
        }
        assert!(from(&[(CLIENT_SECRET, "s3cret")]).unwrap_err().to_string().starts_with(ISSUER));
        for (key, value) in [
            (ISSUER, "http://id.example.com"),
            (ISSUER, "https://ada:s3cret@id.example.com"),
            (HERE.0, "http://music.example.com"),
            (NAME, "a name that is much too long for a button of that width"),
            (HOSTS, "https://broker.example.com"),
        ] {
            let mut pairs: Vec<_> = all.into_iter().filter(|(known, _)| *known != key).collect();
            pairs.push((key, value));
            let message = from(&pairs).unwrap_err().to_string();
            assert!(message.starts_with(key) && !message.contains("s3cret"), "{message}");
        }
        let local =
            [(ISSUER, "http://127.0.0.1:9000"), (CLIENT_ID, "music"), (HERE.0, "http://127.0.0.1:3000")];
        assert!(from(&local).unwrap().is_some());
    }

    #[test]
    fn the_highest_of_the_groups_counts() {
        let read = from(&[
            (ISSUER, "https://id.example.com"),
            (CLIENT_ID, "music"),
            HERE,
            (ADMIN_GROUPS, "heads, root"),
            (VIEWER_GROUPS, "everybody"),
        ]);
        let groups = read.unwrap().unwrap().groups;
        let role =
            |names: &[&str]| groups.role_of(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(role(&["everybody", "root"]), Some(Role::Admin));
        assert_eq!(role(&["everybody"]), Some(Role::Viewer));
        assert_eq!(role(&["Heads", ""]), None);
    }
}
