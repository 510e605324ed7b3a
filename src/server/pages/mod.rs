//! Data and actions of the screens, one file per screen, called by server functions and forms.

pub mod analytics;
pub mod artist;
pub mod artists;
pub mod caller;
pub mod platforms;
pub mod resolve;
pub mod status;
pub mod syncs;
pub mod track;
