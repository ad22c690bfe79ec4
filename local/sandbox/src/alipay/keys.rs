//! The sandbox's own keys: the application's and Alipay's. Made at the first start, never anybody else's.

use crate::wechatpay::{KeysError, pair};
use heatpay_ports::Ids;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The keys of both sides.
#[derive(Clone, Serialize, Deserialize)]
pub struct Keys {
    /// The application.
    pub app_id: String,
    /// The merchant.
    pub seller_id: String,
    /// PKCS#8 PEM.
    pub app_private_key: String,
    /// SPKI PEM.
    pub app_public_key: String,
    /// PKCS#8 PEM.
    pub alipay_private_key: String,
    /// SPKI PEM.
    pub alipay_public_key: String,
    /// Those of the certificate mode; without them the merchant speaks in the mode of public keys.
    #[serde(default)]
    pub certificates: Option<Certificates>,
}

/// The files that the console gives in the certificate mode, of the same keys, in PEM.
#[derive(Clone, Serialize, Deserialize)]
pub struct Certificates {
    /// 应用公钥证书
    pub app: String,
    /// 支付宝公钥证书, with those between it and the root.
    pub alipay: String,
    /// 支付宝根证书, all of the file.
    pub roots: String,
}

impl Keys {
    /// New keys; takes a second or two.
    pub fn generate(ids: &dyn Ids) -> Result<Self, KeysError> {
        let (app_private_key, app_public_key) = pair(ids)?;
        let (alipay_private_key, alipay_public_key) = pair(ids)?;
        Ok(Self {
            app_id: format!("2021{}", ids.digits(12)),
            seller_id: format!("2088{}", ids.digits(12)),
            app_private_key,
            app_public_key,
            alipay_private_key,
            alipay_public_key,
            certificates: None,
        })
    }

    /// What the merchant keeps as its secret.
    pub fn merchant_secret(&self) -> Value {
        let mut secret = json!({
            "app_id": self.app_id,
            "seller_id": self.seller_id,
            "app_private_key": self.app_private_key,
        });
        match &self.certificates {
            None => secret["alipay_public_key"] = json!(self.alipay_public_key),
            Some(Certificates { app, alipay, roots }) => {
                secret["app_certificate"] = json!(app);
                secret["alipay_certificate"] = json!(alipay);
                secret["root_certificates"] = json!(roots);
            }
        }
        secret
    }
}
