use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt};

/// How many branches one person may be limited to.
pub const MAX_BRANCHES: usize = 50;

/// 分公司: a branch's name as it stands on the households, 1–40 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BranchName(String);

impl BranchName {
    /// Parses it; `None` where it is empty, too long, has control characters or blanks around it.
    pub fn parse(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        let ok = (1..=40).contains(&text.chars().count()) && text.trim() == text && !text.contains(char::is_control);
        ok.then_some(Self(text))
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BranchName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for BranchName {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(text).ok_or("a branch has 1 to 40 characters, no control characters and no blanks around it")
    }
}

impl From<BranchName> for String {
    fn from(name: BranchName) -> Self {
        name.0
    }
}

/// Where somebody may do what his roles allow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Branches {
    /// Everywhere, and for what belongs to no branch.
    All,
    /// For what belongs to one of these.
    Only(BTreeSet<BranchName>),
}

impl Branches {
    /// Whether that branch is among them.
    pub fn include(&self, branch: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.iter().any(|name| name.as_str() == branch),
        }
    }

    /// Whether what belongs to that branch, or to none (`None`), is among them.
    pub fn include_if_any(&self, branch: Option<&str>) -> bool {
        match (self, branch) {
            (Self::All, _) => true,
            (Self::Only(_), None) => false,
            (Self::Only(_), Some(branch)) => self.include(branch),
        }
    }

    /// Whether all of the others are among these: nobody gives away more than he has.
    pub fn cover(&self, others: &Self) -> bool {
        match (self, others) {
            (Self::All, _) => true,
            (Self::Only(_), Self::All) => false,
            (Self::Only(mine), Self::Only(others)) => others.is_subset(mine),
        }
    }
}
