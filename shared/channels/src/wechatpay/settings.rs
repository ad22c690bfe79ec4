use serde::Deserialize;
use std::{collections::BTreeMap, fmt};

/// The merchant's secret, as JSON in the secret store.
#[derive(Clone, Deserialize)]
pub struct WechatpaySettings {
    /// 商户号
    pub mchid: String,
    /// The mini-program's appid, bound to the merchant.
    pub appid: String,
    /// The serial of the merchant's API certificate, 40 upper-case hexadecimal digits.
    pub merchant_serial: String,
    /// The merchant's private key, PKCS#8 PEM.
    pub merchant_private_key: String,
    /// The APIv3 key, exactly 32 ASCII characters.
    pub apiv3_key: String,
    /// 微信支付公钥: PEM by `PUB_KEY_ID_…`. Several while they change.
    #[serde(default)]
    pub public_keys: BTreeMap<String, String>,
    /// Which of them answers are to be signed with; without one WeChat signs with its platform certificate.
    #[serde(default)]
    pub public_key_id: Option<String>,
    /// Platform certificates known beforehand, PEM. More are fetched when an unknown serial comes, if `certificate_mode`.
    #[serde(default)]
    pub platform_certificates: Vec<String>,
    /// Whether the merchant has platform certificates at all (opened before about the end of 2024).
    #[serde(default)]
    pub certificate_mode: bool,
    /// A second host, used only for calls of which nothing reached the first. WeChat's own is known.
    #[serde(default)]
    pub fallback_base_url: Option<String>,
    /// The page of ours that a browser comes back to from WeChat's H5 page.
    #[serde(default)]
    pub h5_return_url: Option<String>,
}

/// The settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WechatpaySettingsError {
    /// A key is no key.
    #[error("the {0} is not readable")]
    Key(&'static str),
    /// A value breaks its rule.
    #[error("{0}")]
    Value(&'static str),
}

impl WechatpaySettings {
    /// Checks what is not checked by reading the keys.
    pub(super) fn check(&self) -> Result<(), WechatpaySettingsError> {
        let made_of = |text: &str, kind: fn(&u8) -> bool| !text.is_empty() && text.as_bytes().iter().all(kind);
        if !made_of(&self.mchid, u8::is_ascii_digit) {
            return Err(WechatpaySettingsError::Value("mchid must be digits"));
        }
        if !made_of(&self.appid, u8::is_ascii_alphanumeric) {
            return Err(WechatpaySettingsError::Value("appid must be letters and digits"));
        }
        if !made_of(&self.merchant_serial, u8::is_ascii_hexdigit) {
            return Err(WechatpaySettingsError::Value("merchant_serial must be hexadecimal digits"));
        }
        if self.apiv3_key.len() != 32 || !self.apiv3_key.is_ascii() {
            return Err(WechatpaySettingsError::Value("the APIv3 key must have 32 ASCII characters"));
        }
        if self.public_keys.is_empty() && self.platform_certificates.is_empty() && !self.certificate_mode {
            return Err(WechatpaySettingsError::Value("there is no key to verify WeChat Pay with"));
        }
        if self.public_key_id.as_ref().is_some_and(|id| !self.public_keys.contains_key(id)) {
            return Err(WechatpaySettingsError::Value("public_key_id names no public key"));
        }
        Ok(())
    }
}

impl fmt::Debug for WechatpaySettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WechatpaySettings")
            .field("mchid", &self.mchid)
            .field("appid", &self.appid)
            .finish_non_exhaustive()
    }
}
