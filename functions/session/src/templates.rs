//! The message templates this step knows, from the providers' secrets, where they stand beside the credentials they belong to.

use heatpay_runtime::{BootError, Context};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Our name for the sign-in code's template.
const SIGN_IN_CODE: &str = "sign_in_code";

#[derive(Debug)]
pub(crate) struct Templates {
    /// The SMS template of the sign-in code; its variable is `code`.
    pub(crate) sign_in_code: String,
    /// The subscribe-message templates a resident may grant.
    pub(crate) subscribe: BTreeSet<String>,
}

/// The provider's ids by our names.
#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    templates: BTreeMap<String, String>,
}

impl Templates {
    pub(crate) async fn of(context: &Context) -> Result<Self, BootError> {
        let mut sms: Named = context.secret("ALIYUN_SECRET_ID").await?;
        let weixin: Named = context.secret("WEIXIN_SECRET_ID").await?;
        let sign_in_code = sms.templates.remove(SIGN_IN_CODE).ok_or_else(|| BootError::Unusable {
            what: "the SMS provider's secret",
            source: format!("templates.{SIGN_IN_CODE} is missing").into(),
        })?;
        Ok(Self { sign_in_code, subscribe: weixin.templates.into_values().collect() })
    }
}
