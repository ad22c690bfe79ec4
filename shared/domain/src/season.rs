//! 采暖期: the heating season.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A heating season, named by the year it starts in: `2026` is 2026-2027.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Season(pub i16);

impl fmt::Display for Season {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.0, self.0 + 1)
    }
}
