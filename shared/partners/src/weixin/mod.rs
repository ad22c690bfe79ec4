//! The WeChat mini-program server API. Nothing is signed: the secret and the access token go over TLS, so URLs are secrets.

mod access_token;
mod call;
mod phone;
mod settings;
mod shipping;
mod sign_in;
mod subscribe;
mod values;

pub use phone::PhoneLookup;
pub use settings::{MiniProgramState, WeixinSettings};
pub use shipping::{Shipping, ShippingOutcome};
pub use sign_in::SignIn;
pub use subscribe::{MessageOutcome, SubscribeMessage};
pub use values::{UnfitValue, fitted};

use heatpay_ports::Outbound;
use std::fmt;
use tokio::sync::Mutex;

/// The platform's name for the probe and in errors.
pub const WEIXIN: &str = "weixin";

/// A mini-program's server side at WeChat.
pub struct Weixin {
    settings: WeixinSettings,
    base_url: String,
    outbound: Outbound,
    token: Mutex<Option<access_token::CachedToken>>,
}

impl Weixin {
    /// `base_url` is `https://api.weixin.qq.com` in production.
    pub fn new(settings: WeixinSettings, base_url: &str, outbound: Outbound) -> Self {
        let base_url = base_url.trim_end_matches('/').to_owned();
        Self { settings, base_url, outbound, token: Mutex::new(None) }
    }

    /// The mini-program's id: an openid means a person only together with it.
    pub fn appid(&self) -> &str {
        &self.settings.appid
    }
}

impl fmt::Debug for Weixin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Weixin").field("settings", &self.settings).field("base_url", &self.base_url).finish()
    }
}
