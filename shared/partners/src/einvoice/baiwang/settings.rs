use secrecy::SecretString;
use serde::Deserialize;

/// What the secret store holds for 百望云. Printing it shows no secret.
#[derive(Clone, Debug, Deserialize)]
pub struct BaiwangSettings {
    /// The application's key.
    pub app_key: String,
    /// The application's secret: signs every call.
    pub app_secret: SecretString,
    /// The platform user.
    pub username: String,
    /// The user's password.
    pub password: SecretString,
    /// The salt issued with the user.
    pub salt: SecretString,
    /// Which password hash the application was registered with.
    #[serde(default)]
    pub token_version: TokenVersion,
    /// Only for third-party ISV applications.
    #[serde(default)]
    pub org_auth_code: Option<SecretString>,
    /// The seller's tax number.
    pub tax_no: String,
    /// The drawer's account at the electronic tax bureau.
    pub terminal_code: String,
    /// 开票人.
    pub drawer: String,
    /// 收款人.
    #[serde(default)]
    pub payee: Option<String>,
    /// 复核人.
    #[serde(default)]
    pub checker: Option<String>,
    /// Where the platform may call back; its calls are hints only.
    #[serde(default)]
    pub callback_url: Option<String>,
    /// Hosts besides the base URL's that files may be fetched from; `.baiwang.com` allows all hosts below it.
    #[serde(default = "file_hosts")]
    pub file_hosts: Vec<String>,
    /// The platform's codes.
    #[serde(default)]
    pub codes: BaiwangCodes,
}

/// The version of the token call, which decides the password hash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum TokenVersion {
    /// SHA-1 of MD5.
    #[serde(rename = "6.0")]
    V6,
    /// SHA-256.
    #[default]
    #[serde(rename = "7.0")]
    V7,
}

/// Codes and words, as far as they are known; the platform's documents are thin, so they can be set.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub struct BaiwangCodes {
    /// The token is wrong or has expired.
    pub token: Vec<String>,
    /// Signature wrong, no terminal: every call will fail.
    pub misconfigured: Vec<String>,
    /// Words in the refusal of an order number that was used before.
    pub duplicate_words: Vec<String>,
    /// Words in the failure of an invoice that waits for the drawer's login.
    pub login_words: Vec<String>,
}

impl Default for BaiwangCodes {
    fn default() -> Self {
        let list = |codes: &[&str]| codes.iter().map(|&code| code.to_owned()).collect();
        Self {
            token: list(&["100001", "100002"]),
            misconfigured: list(&["100007", "20020", "20023"]),
            duplicate_words: list(&["重复", "已存在"]),
            login_words: list(&["人脸", "扫脸", "刷脸", "扫码登录", "重新登录"]),
        }
    }
}

fn file_hosts() -> Vec<String> {
    vec![".baiwang.com".to_owned()]
}
