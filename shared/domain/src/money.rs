//! Money: an integer of 分.

use serde::{Deserialize, Serialize};

/// An amount of money in fen (分, 1/100 yuan). May be negative where a difference is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fen(pub i64);
