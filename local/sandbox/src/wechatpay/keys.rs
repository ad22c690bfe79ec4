//! The sandbox's own keys: the merchant's, WeChat Pay's public key, and a platform certificate. Made at the first start, never
//! anybody else's.

use base64::{Engine, engine::general_purpose::STANDARD};
use heatpay_ports::Ids;
use rcgen::{CertificateParams, DnType, KeyPair, PKCS_RSA_SHA256, SerialNumber};
use ring::{rand::SystemRandom, signature::RSA_PKCS1_SHA256};
use rsa::{
    RsaPrivateKey,
    pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding},
    rand_core::{CryptoRng, RngCore},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The keys of both sides.
#[derive(Clone, Serialize, Deserialize)]
pub struct Keys {
    /// 商户号
    pub mchid: String,
    /// The mini-program.
    pub appid: String,
    /// The serial of the merchant's certificate.
    pub merchant_serial: String,
    /// PKCS#8 PEM.
    pub merchant_private_key: String,
    /// SPKI PEM.
    pub merchant_public_key: String,
    /// 32 characters.
    pub apiv3_key: String,
    /// `PUB_KEY_ID_…`
    pub public_key_id: String,
    /// PKCS#8 PEM of WeChat Pay's public key.
    pub wechat_private_key: String,
    /// SPKI PEM.
    pub wechat_public_key: String,
    /// The platform certificate's serial.
    pub platform_serial: String,
    /// PKCS#8 PEM.
    pub platform_private_key: String,
    /// X.509 PEM.
    pub platform_certificate: String,
}

/// The keys cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// RSA.
    #[error("no RSA key can be made")]
    Rsa(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The certificate.
    #[error("no certificate can be made")]
    Certificate(#[from] rcgen::Error),
}

impl Keys {
    /// New keys; takes a second or two.
    pub fn generate(ids: &dyn Ids) -> Result<Self, KeysError> {
        let (merchant_private_key, merchant_public_key) = pair(ids)?;
        let (wechat_private_key, wechat_public_key) = pair(ids)?;
        let (platform_private_key, _) = pair(ids)?;
        let mut serial = [0; 20];
        ids.fill(&mut serial);
        // A serial is a positive number of at most 20 bytes.
        serial[0] = serial[0] & 0x7f | 0x40;
        let platform_certificate = certificate(&platform_private_key, &serial)?;
        let mut merchant_serial = [0; 20];
        ids.fill(&mut merchant_serial);
        merchant_serial[0] |= 0x10;
        Ok(Self {
            mchid: format!("19{}", ids.digits(8)),
            appid: format!("wx{}", hex::encode(&serial[..8])),
            merchant_serial: hex::encode_upper(merchant_serial),
            merchant_private_key,
            merchant_public_key,
            apiv3_key: ids.token(32),
            public_key_id: format!("PUB_KEY_ID_01{}", ids.digits(32)),
            wechat_private_key,
            wechat_public_key,
            platform_serial: hex::encode_upper(serial),
            platform_private_key,
            platform_certificate,
        })
    }

    /// What the merchant keeps as its secret.
    pub fn merchant_secret(&self) -> Value {
        json!({
            "mchid": self.mchid,
            "appid": self.appid,
            "merchant_serial": self.merchant_serial,
            "merchant_private_key": self.merchant_private_key,
            "apiv3_key": self.apiv3_key,
            "public_key_id": self.public_key_id,
            "public_keys": { self.public_key_id.clone(): self.wechat_public_key },
            "certificate_mode": true,
        })
    }
}

/// RSA with SHA-256, PKCS#1 v1.5, base64.
pub(crate) fn sign(key: &ring::rsa::KeyPair, message: &[u8]) -> String {
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
        .expect("the buffer has the modulus's length");
    STANDARD.encode(signature)
}

/// A new key pair: PKCS#8 and SPKI, PEM.
pub(crate) fn pair(ids: &dyn Ids) -> Result<(String, String), KeysError> {
    let key = RsaPrivateKey::new(&mut Chance(ids), 2048).map_err(|e| KeysError::Rsa(Box::new(e)))?;
    let private = key.to_pkcs8_pem(LineEnding::LF).map_err(|e| KeysError::Rsa(Box::new(e)))?;
    let public = key.to_public_key().to_public_key_pem(LineEnding::LF).map_err(|e| KeysError::Rsa(Box::new(e)))?;
    Ok((private.to_string(), public))
}

fn certificate(private_key: &str, serial: &[u8]) -> Result<String, KeysError> {
    let key = KeyPair::from_pkcs8_pem_and_sign_algo(private_key, &PKCS_RSA_SHA256)?;
    let mut parameters = CertificateParams::default();
    parameters.serial_number = Some(SerialNumber::from_slice(serial));
    parameters.not_before = rcgen::date_time_ymd(2024, 1, 1);
    parameters.not_after = rcgen::date_time_ymd(2044, 1, 1);
    parameters.distinguished_name.push(DnType::CommonName, "Tenpay.com sandbox");
    Ok(parameters.self_signed(&key)?.pem())
}

/// The suite's chance, as the key maker takes it.
struct Chance<'a>(&'a dyn Ids);

impl RngCore for Chance<'_> {
    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        u32::from_le_bytes(bytes)
    }
    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }
    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rsa::rand_core::Error> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl CryptoRng for Chance<'_> {}
