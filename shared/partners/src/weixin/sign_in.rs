use super::{Weixin, call::escaped};
use crate::PartnerError;
use secrecy::ExposeSecret;
use serde::Deserialize;

/// Who a login code stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// A person, known by this openid within this mini-program. The session key is dropped: no step of ours needs it, and
    /// it must never reach the client.
    Person {
        /// The person's id in this mini-program.
        openid: String,
        /// The person's id across the owner's applications.
        unionid: Option<String>,
    },
    /// Unknown, older than five minutes, or used before: the client must ask `wx.login` again.
    BadCode,
    /// This person signed in too often in the last minute.
    TooOften,
    /// WeChat has blocked this person as a risk.
    Blocked,
}

#[derive(Deserialize)]
struct Session {
    openid: String,
    unionid: Option<String>,
}

impl Weixin {
    /// Trades the code of `wx.login` (single use, five minutes) for the person.
    pub async fn sign_in(&self, js_code: &str) -> Result<SignIn, PartnerError> {
        let path = format!(
            "/sns/jscode2session?appid={}&secret={}&js_code={}&grant_type=authorization_code",
            escaped(&self.settings.appid),
            escaped(self.settings.secret.expose_secret()),
            escaped(js_code),
        );
        match self.get::<Session>(&path).await? {
            Ok(Session { openid, unionid }) => Ok(SignIn::Person { openid, unionid }),
            Err(refusal) => match refusal.errcode {
                40029 | 40163 => Ok(SignIn::BadCode),
                45011 => Ok(SignIn::TooOften),
                40226 => Ok(SignIn::Blocked),
                _ => Err(refusal.into_error()),
            },
        }
    }
}
