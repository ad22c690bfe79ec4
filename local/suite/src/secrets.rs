//! The secrets of one machine: those that chance makes are made once, those of the third parties come from the parties
//! themselves. They are files in the data folder; the functions read them through Secrets Manager's protocol.

use crate::{parties::Parties, template::Template};
use heatpay_engines::{Engines, SecretError};
use heatpay_ports::Ids;
use serde_json::json;

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
        match &secret.made_by_chance {
            // A key that changes would close for ever what it sealed.
            Some(_) if engines.secrets.contains(&secret.id)? => {}
            Some(field) => engines.secrets.put(&secret.id, &json!({ field.as_str(): ids.token(48) }))?,
            None => {
                let unknown = || SecretsError::Unknown(secret.logical_id.clone());
                engines.secrets.put(&secret.id, &parties.secret(&secret.logical_id).ok_or_else(unknown)?)?;
            }
        }
    }
    Ok(())
}
