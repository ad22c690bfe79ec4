use serde::{Deserialize, Serialize};

/// Why words, or stars, are not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWords {
    /// The description: empty, too long, or with control characters other than new lines.
    #[error("请写明故障情况，1 至 {} 个字", WhatIsWrong::LIMIT)]
    WhatIsWrong,
    /// The remark: too long, or with control characters other than new lines.
    #[error("评价最多 {} 个字", Remark::LIMIT)]
    Remark,
    /// Not 1 to 5.
    #[error("评分应为 1 至 5 星")]
    Stars,
}

/// What is wrong, in the resident's words: 1 to 500 characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WhatIsWrong(String);

/// What the resident says about the work: 1 to 200 characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Remark(String);

/// 1 to 5, the more the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Stars(u8);

/// What the resident thinks of the work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    /// How good.
    pub stars: Stars,
    /// In words, if he has any.
    pub remark: Option<Remark>,
}

/// The words without the blanks around them; `None` where they are empty, too long, or no text.
fn words(text: &str, limit: usize) -> Option<String> {
    let long = text.chars().count() > limit;
    let trimmed = text.trim();
    let control = text.chars().any(|c| c.is_control() && c != '\n');
    (!long && !trimmed.is_empty() && !control).then(|| trimmed.to_owned())
}

impl WhatIsWrong {
    /// The most characters.
    pub const LIMIT: usize = 500;

    /// Takes the words.
    pub fn parse(text: &str) -> Result<Self, InvalidWords> {
        words(text, Self::LIMIT).map(Self).ok_or(InvalidWords::WhatIsWrong)
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Remark {
    /// The most characters.
    pub const LIMIT: usize = 200;

    /// Takes the words.
    pub fn parse(text: &str) -> Result<Self, InvalidWords> {
        words(text, Self::LIMIT).map(Self).ok_or(InvalidWords::Remark)
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Stars {
    /// Takes 1 to 5.
    pub fn new(stars: u8) -> Result<Self, InvalidWords> {
        if (1..=5).contains(&stars) { Ok(Self(stars)) } else { Err(InvalidWords::Stars) }
    }

    /// How many.
    pub const fn count(self) -> u8 {
        self.0
    }
}

impl TryFrom<String> for WhatIsWrong {
    type Error = InvalidWords;
    fn try_from(text: String) -> Result<Self, InvalidWords> {
        Self::parse(&text)
    }
}

impl From<WhatIsWrong> for String {
    fn from(words: WhatIsWrong) -> Self {
        words.0
    }
}

impl TryFrom<String> for Remark {
    type Error = InvalidWords;
    fn try_from(text: String) -> Result<Self, InvalidWords> {
        Self::parse(&text)
    }
}

impl From<Remark> for String {
    fn from(words: Remark) -> Self {
        words.0
    }
}

impl TryFrom<u8> for Stars {
    type Error = InvalidWords;
    fn try_from(stars: u8) -> Result<Self, InvalidWords> {
        Self::new(stars)
    }
}

impl From<Stars> for u8 {
    fn from(stars: Stars) -> Self {
        stars.0
    }
}
