use serde::Deserialize;
use std::fmt;

/// The merchant's secret, as JSON in the secret store. With `alipay_public_key` alone it is the public-key mode, with the three
/// certificates the certificate mode.
#[derive(Clone, Deserialize)]
pub struct AlipaySettings {
    /// The application, 16 digits.
    pub app_id: String,
    /// The merchant's own user number (PID): 2088 and 12 digits.
    pub seller_id: String,
    /// The application's private key: PEM, or the base64 line that Alipay's key tool saves; PKCS#8 or PKCS#1.
    pub app_private_key: String,
    /// 支付宝公钥: PEM, or the base64 line of the console.
    #[serde(default)]
    pub alipay_public_key: Option<String>,
    /// 应用公钥证书, PEM.
    #[serde(default)]
    pub app_certificate: Option<String>,
    /// 支付宝公钥证书, PEM, with the certificates between it and the root as the console gives them.
    #[serde(default)]
    pub alipay_certificate: Option<String>,
    /// 支付宝根证书, PEM, all of the file.
    #[serde(default)]
    pub root_certificates: Option<String>,
    /// The mini-program in which orders are paid, if it is another application.
    #[serde(default)]
    pub op_app_id: Option<String>,
    /// The page of ours that a browser comes back to from Alipay's.
    #[serde(default)]
    pub return_url: Option<String>,
}

/// The settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AlipaySettingsError {
    /// A key or certificate is none.
    #[error("the {0} is not readable")]
    Key(&'static str),
    /// A value breaks its rule.
    #[error("{0}")]
    Value(&'static str),
}

/// The three certificates of the certificate mode.
pub(super) struct Certificates<'a> {
    pub(super) app: &'a str,
    pub(super) alipay: &'a str,
    pub(super) roots: &'a str,
}

impl AlipaySettings {
    /// Checks what is not checked by reading the keys.
    pub(super) fn check(&self) -> Result<(), AlipaySettingsError> {
        let digits = |text: &str| text.len() == 16 && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(&self.app_id) || self.op_app_id.as_deref().is_some_and(|id| !digits(id)) {
            return Err(AlipaySettingsError::Value("app_id and op_app_id must have 16 digits"));
        }
        if !digits(&self.seller_id) || !self.seller_id.starts_with("2088") {
            return Err(AlipaySettingsError::Value("seller_id must be 2088 and 12 digits"));
        }
        match (&self.alipay_public_key, self.certificates()) {
            (Some(_), None) | (None, Some(_)) => Ok(()),
            (Some(_), Some(_)) | (None, None) => Err(AlipaySettingsError::Value(
                "there must be either alipay_public_key or app_certificate, alipay_certificate and root_certificates",
            )),
        }
    }

    pub(super) fn certificates(&self) -> Option<Certificates<'_>> {
        Some(Certificates {
            app: self.app_certificate.as_deref()?,
            alipay: self.alipay_certificate.as_deref()?,
            roots: self.root_certificates.as_deref()?,
        })
    }
}

impl fmt::Debug for AlipaySettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AlipaySettings")
            .field("app_id", &self.app_id)
            .field("seller_id", &self.seller_id)
            .finish_non_exhaustive()
    }
}
