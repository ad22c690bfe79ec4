//! A provider's secret: our account there, and the ids of the approved templates by our name for them.

use serde::Deserialize;
use std::collections::BTreeMap;

/// A secret, read once.
#[derive(Deserialize)]
pub(crate) struct Account<T> {
    #[serde(flatten)]
    pub(crate) settings: T,
    #[serde(default)]
    pub(crate) templates: Templates,
}

/// Template ids by our name for them.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Templates(BTreeMap<String, Template>);

/// A template's id alone, or in an object.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Template {
    Id(String),
    Whole {
        #[serde(alias = "template_code")]
        template_id: String,
    },
}

impl Templates {
    /// The provider's id of the template that we call so.
    pub(crate) fn id(&self, name: &str) -> Option<&str> {
        match self.0.get(name)? {
            Template::Id(id) | Template::Whole { template_id: id } => Some(id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use heatpay_partners::weixin::WeixinSettings;

    #[test]
    fn a_secret_holds_the_account_and_the_templates() {
        let text = r#"{"appid":"wx1","secret":"s","templates":{"payment_due":"T1","receipt":{"template_id":"T2"}}}"#;
        let account: Account<WeixinSettings> = serde_json::from_str(text).unwrap();
        assert_eq!(account.settings.appid, "wx1");
        assert_eq!(
            ["payment_due", "receipt", "none"].map(|name| account.templates.id(name)),
            [Some("T1"), Some("T2"), None]
        );
    }
}
