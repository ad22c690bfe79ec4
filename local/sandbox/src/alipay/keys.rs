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
        })
    }

    /// What the merchant keeps as its secret.
    pub fn merchant_secret(&self) -> Value {
        json!({
            "app_id": self.app_id,
            "seller_id": self.seller_id,
            "app_private_key": self.app_private_key,
            "alipay_public_key": self.alipay_public_key,
        })
    }
}
