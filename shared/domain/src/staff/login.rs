use serde::{Deserialize, Serialize};
use std::fmt;

/// How long a password is, in characters: a sentence rather than a riddle (NIST SP 800-63B).
pub const PASSWORD_LETTERS: std::ops::RangeInclusive<usize> = 12..=128;

/// 登录名: 3–32 small letters, digits, `.`, `-` or `_`, a letter first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LoginName(String);

/// A name that cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("3 to 32 small letters, digits, dots, dashes or underscores, a letter first")]
pub struct NameRefused;

impl LoginName {
    /// Parses it.
    pub fn parse(text: impl Into<String>) -> Result<Self, NameRefused> {
        let text = text.into();
        let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'_');
        let ok = (3..=32).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(letter);
        if ok { Ok(Self(text)) } else { Err(NameRefused) }
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LoginName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for LoginName {
    type Error = NameRefused;
    fn try_from(text: String) -> Result<Self, NameRefused> {
        Self::parse(text)
    }
}

impl From<LoginName> for String {
    fn from(name: LoginName) -> Self {
        name.0
    }
}

/// Whether this is a person's name: 1–40 characters without control characters, angle brackets or blanks around it.
pub fn check_name(name: &str) -> bool {
    let letters = name.chars().count();
    let odd = |c: char| c.is_control() || c == '<' || c == '>';
    (1..=40).contains(&letters) && name.trim() == name && !name.contains(odd)
}

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefused {
    /// Not 12 to 128 characters.
    #[error("12 to 128 characters")]
    Length,
    /// Fewer than five different characters.
    #[error("too few different characters")]
    Monotonous,
    /// The login name is in it.
    #[error("contains the login name")]
    ContainsLoginName,
}

impl PasswordRefused {
    /// What a clerk reads.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Length => "密码应为 12 至 128 个字符。",
            Self::Monotonous => "密码过于简单，请使用更多不同的字符。",
            Self::ContainsLoginName => "密码中不能包含登录名。",
        }
    }
}

/// The rule for new passwords.
pub fn check_password(password: &str, login_name: &LoginName) -> Result<(), PasswordRefused> {
    if !PASSWORD_LETTERS.contains(&password.chars().count()) {
        return Err(PasswordRefused::Length);
    }
    let different: std::collections::BTreeSet<char> = password.chars().collect();
    if different.len() < 5 {
        return Err(PasswordRefused::Monotonous);
    }
    if password.to_lowercase().contains(login_name.as_str()) {
        return Err(PasswordRefused::ContainsLoginName);
    }
    Ok(())
}
