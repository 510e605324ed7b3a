//! The report as texts, cards, tables and charts.

pub mod cards;
pub mod chart;
pub mod table;
pub mod tables;
pub mod tracks;
pub mod wording;
