use secrecy::SecretString;
use serde::Deserialize;

/// What the secret store holds for Aliyun SMS. Printing it shows no secret.
#[derive(Clone, Debug, Deserialize)]
pub struct AliyunSmsSettings {
    /// The RAM user's key: may `dysms:SendSms` and `dysms:QuerySendDetails`, nothing else.
    pub access_key_id: String,
    /// The key's secret.
    pub access_key_secret: SecretString,
    /// Only with temporary credentials.
    #[serde(default)]
    pub security_token: Option<SecretString>,
    /// The approved signature (签名), without brackets.
    pub sign_name: String,
}
