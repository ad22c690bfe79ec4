//! Who a person is in our mini-program, by the code of `my.getAuthCode`.

use super::{Alipay, biz::Call, exchange::Exchanged, failure::incomplete};
use crate::ChannelError;
use jiff::Timestamp;
use serde::Deserialize;

/// What a code says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// A person.
    Person {
        /// Him, within our applications.
        open_id: String,
    },
    /// Unknown, over or used.
    BadCode,
}

#[derive(Deserialize)]
struct Token {
    open_id: Option<String>,
}

impl Alipay {
    /// Exchanges the code; it is good once. The access token that comes along is not kept: nothing is asked for with it.
    pub async fn sign_in(&self, code: &str, now: Timestamp) -> Result<SignIn, ChannelError> {
        let more = [("grant_type", "authorization_code"), ("code", code)];
        let call = Call { method: "alipay.system.oauth.token", biz_content: None, more: &more };
        match self.call::<Token>(&call, now).await? {
            Exchanged::Done(Token { open_id: Some(open_id) }, _) => Ok(SignIn::Person { open_id }),
            Exchanged::Done(Token { open_id: None }, _) => Err(incomplete("open_id")),
            Exchanged::Failed(failure) if failure.is(&["code-invalid", "missing-code", "invalid-code"]) => {
                Ok(SignIn::BadCode)
            }
            Exchanged::Failed(failure) => Err(failure.into_error()),
        }
    }
}
