//! The secrets of one machine: those that chance makes are made once, those of the third parties come from the parties
//! themselves. They are files in the data folder; the functions read them through Secrets Manager's protocol.

use crate::{parties::Parties, template::Template};
use heatpay_engines::{Engines, SecretError};
use heatpay_ports::Ids;
use serde_json::{Value, json};

/// The secrets cannot be prepared.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// A file.
    #[error(transparent)]
    File(#[from] SecretError),
    /// The template has a secret that nobody here can fill.
    #[error("nobody here knows the secret {0}")]
    Unknown(String),
}

/// Writes the secrets that are not there yet, and the third parties' ones anew.
pub(crate) fn write_missing(
    engines: &Engines,
    template: &Template,
    parties: &Parties,
    ids: &dyn Ids,
) -> Result<(), SecretsError> {
    for secret in &template.secrets {
        let made = match secret.logical_id.as_str() {
            "SessionSecret" => Value::Null,
            "PersonalDataSecret" => Value::Null,
            other => parties.secret(other).ok_or_else(|| SecretsError::Unknown(other.to_owned()))?,
        };
        match made {
            // A key that changes would close what it sealed for ever.
            Value::Null if engines.secrets.contains(&secret.id)? => {}
            Value::Null => engines.secrets.put(&secret.id, &by_chance(&secret.logical_id, ids))?,
            given => engines.secrets.put(&secret.id, &given)?,
        }
    }
    Ok(())
}

fn by_chance(logical_id: &str, ids: &dyn Ids) -> Value {
    match logical_id {
        "SessionSecret" => json!({ "token_key": ids.token(48) }),
        _ => json!({ "seal_key": ids.token(48), "lookup_key": ids.token(48) }),
    }
}
