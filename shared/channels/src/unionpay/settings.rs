use serde::Deserialize;
use std::fmt;

/// Which UnionPay: their keys, hosts and names differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// Where money moves.
    #[default]
    Production,
    /// UnionPay's test environment: its certificates are signed by another root, under another name.
    Test,
}

impl Environment {
    /// Whether a certificate of that name may speak for UnionPay.
    pub(super) fn accepts(self, name: &str) -> bool {
        match self {
            Self::Production => name == "中国银联股份有限公司",
            Self::Test => name == "中国银联股份有限公司" || name == "00040000:SIGN",
        }
    }

    /// The gateway's host.
    pub(crate) fn gateway(self) -> &'static str {
        match self {
            Self::Production => "https://gateway.95516.com",
            Self::Test => "https://gateway.test.95516.com",
        }
    }

    /// The host of settlement files.
    pub(crate) fn files(self) -> &'static str {
        match self {
            Self::Production => "https://filedownload.95516.com",
            Self::Test => "https://filedownload.test.95516.com",
        }
    }

    /// What the app's plug-in is told.
    pub(super) fn mode(self) -> &'static str {
        match self {
            Self::Production => "00",
            Self::Test => "01",
        }
    }
}

/// The merchant's secret, as JSON in the secret store.
#[derive(Clone, Deserialize)]
pub struct UnionpaySettings {
    /// 商户号, 15 characters.
    pub mer_id: String,
    /// The serial number of the merchant's signing certificate, in decimal digits.
    pub cert_id: String,
    /// The private key of that certificate, PKCS#8 PEM (from the .pfx: `openssl pkcs12 -nocerts -nodes`).
    pub merchant_private_key: String,
    /// UnionPay's root certificates (`acp_prod_root.cer`), PEM; several one after the other while they change.
    pub root_certificates: String,
    /// UnionPay's middle certificates (`acp_prod_middle.cer`), PEM; several one after the other while they change.
    pub middle_certificates: String,
    /// Which UnionPay.
    #[serde(default)]
    pub environment: Environment,
    /// A page of ours that takes the POST a browser comes back with. Without one it comes to `…/callbacks/unionpay/return`.
    #[serde(default)]
    pub return_url: Option<String>,
}

/// The settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum UnionpaySettingsError {
    /// A key or a certificate is none.
    #[error("the {0} is not readable")]
    Key(&'static str),
    /// A value breaks its rule.
    #[error("{0}")]
    Value(&'static str),
}

impl UnionpaySettings {
    /// Checks what is not checked by reading the keys.
    pub(super) fn check(&self) -> Result<(), UnionpaySettingsError> {
        if self.mer_id.len() != 15 || !self.mer_id.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(UnionpaySettingsError::Value("mer_id must be 15 letters or digits"));
        }
        if self.cert_id.is_empty() || !self.cert_id.bytes().all(|b| b.is_ascii_digit()) {
            return Err(UnionpaySettingsError::Value(
                "cert_id must be the certificate's serial number in decimal digits",
            ));
        }
        Ok(())
    }
}

impl fmt::Debug for UnionpaySettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnionpaySettings")
            .field("mer_id", &self.mer_id)
            .field("cert_id", &self.cert_id)
            .field("environment", &self.environment)
            .finish_non_exhaustive()
    }
}
