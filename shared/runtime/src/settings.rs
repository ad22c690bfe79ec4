//! Settings: the function's environment variables, as the template gives them.

use heatpay_domain::Fen;
use std::{collections::BTreeMap, str::FromStr};

/// A setting is missing or cannot be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SettingError {
    /// The template does not give it to this function.
    #[error("the setting {0} is missing")]
    Missing(String),
    /// Its text is not what the code expects.
    #[error("the setting {name} cannot be read: {text:?}")]
    Unreadable {
        /// Its name.
        name: String,
        /// Its text.
        text: String,
    },
}

/// The settings of one function.
#[derive(Clone, Debug, Default)]
pub struct Settings(BTreeMap<String, String>);

impl Settings {
    /// The process's environment.
    pub fn from_environment() -> Self {
        Self(std::env::vars().collect())
    }

    /// The given pairs.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(pairs.into_iter().collect())
    }

    /// The setting, if it is there and not empty.
    pub fn optional(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// The setting, or an error that names it.
    pub fn required(&self, name: &str) -> Result<&str, SettingError> {
        self.optional(name).ok_or_else(|| SettingError::Missing(name.to_owned()))
    }

    /// The setting parsed, or the given value when it is absent.
    pub fn parsed_or<T: FromStr>(&self, name: &str, default: T) -> Result<T, SettingError> {
        match self.optional(name) {
            None => Ok(default),
            Some(text) => {
                text.parse().map_err(|_| SettingError::Unreadable { name: name.to_owned(), text: text.to_owned() })
            }
        }
    }
}

/// The most a household may have paid ahead, from `PREPAYMENT_LIMIT_FEN`; 10,000 yuan unless given.
pub fn prepayment_limit(settings: &Settings) -> Result<Fen, SettingError> {
    settings.parsed_or("PREPAYMENT_LIMIT_FEN", 1_000_000).map(Fen)
}
