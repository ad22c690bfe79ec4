//! The message templates this step knows, from the providers' secrets, where they stand beside the credentials they belong to.

use heatpay_runtime::{BootError, Context};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The name of the sign-in code's template in the secret of the SMS provider.
const SIGN_IN_CODE: &str = "sign_in_code";

#[derive(Debug)]
pub(crate) struct Templates {
    /// The SMS template of the sign-in code; its variable is `code`.
    pub(crate) sign_in_code: String,
    /// The subscribe-message templates a resident may grant.
    pub(crate) subscribe: BTreeSet<String>,
}

/// Templates by our name for them.
#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    templates: BTreeMap<String, Template>,
}

/// A template's id alone, or with what its sender must know besides.
#[derive(Deserialize)]
#[serde(untagged)]
enum Template {
    Id(String),
    Whole {
        #[serde(alias = "template_code")]
        template_id: String,
    },
}

impl Template {
    fn into_id(self) -> String {
        match self {
            Self::Id(id) | Self::Whole { template_id: id } => id,
        }
    }
}

impl Templates {
    pub(crate) async fn of(context: &Context) -> Result<Self, BootError> {
        let mut sms: Named = context.secret("ALIYUN_SECRET_ID").await?;
        let weixin: Named = context.secret("WEIXIN_SECRET_ID").await?;
        let sign_in_code = sms.templates.remove(SIGN_IN_CODE).ok_or_else(|| BootError::Unusable {
            what: "the SMS provider's secret",
            source: format!("templates.{SIGN_IN_CODE} is missing").into(),
        })?;
        Ok(Self {
            sign_in_code: sign_in_code.into_id(),
            subscribe: weixin.templates.into_values().map(Template::into_id).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Named;

    #[test]
    fn a_template_is_its_id_or_an_object_that_has_it() {
        let text = r#"{ "access_key_id": "LTAI", "templates": { "sign_in_code": "SMS_1", "payment": { "template_id": "T2", "values": {} } } }"#;
        let mut named: Named = serde_json::from_str(text).unwrap();
        assert_eq!(named.templates.remove("sign_in_code").map(super::Template::into_id).as_deref(), Some("SMS_1"));
        assert_eq!(named.templates.remove("payment").map(super::Template::into_id).as_deref(), Some("T2"));
    }
}
