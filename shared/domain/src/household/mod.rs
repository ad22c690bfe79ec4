//! The household (热用户) and the file it is imported from.

use crate::states::names;
use serde::{Deserialize, Serialize};

/// 用热性质: what the heat is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UseCategory {
    /// 居民
    Residential,
    /// 非居民
    NonResidential,
}

names!(UseCategory {
    Residential => "residential",
    NonResidential => "non_residential",
});
