use secrecy::SecretString;
use serde::Deserialize;

/// What the secret store holds for the mini-program. Printing it shows no secret.
#[derive(Clone, Debug, Deserialize)]
pub struct WeixinSettings {
    /// The mini-program's id.
    pub appid: String,
    /// The mini-program's secret.
    pub secret: SecretString,
    /// Which edition of the mini-program a message opens.
    #[serde(default)]
    pub miniprogram_state: MiniProgramState,
}

/// An edition of the mini-program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MiniProgramState {
    /// In development.
    Developer,
    /// On trial.
    Trial,
    /// Released.
    #[default]
    Formal,
}

impl MiniProgramState {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Developer => "developer",
            Self::Trial => "trial",
            Self::Formal => "formal",
        }
    }
}
