use super::schedule::InvalidExpression;

/// The template cannot be used. Each error names the resource it is about.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The text is no YAML.
    #[error("the template is not readable YAML")]
    Yaml(#[source] serde_yaml_ng::Error),
    /// Something we read in a way that we do not know.
    #[error("{logical_id}: {intrinsic} is not understood here")]
    Intrinsic {
        /// Where.
        logical_id: String,
        /// Which.
        intrinsic: String,
    },
    /// A name that is neither a resource nor a parameter.
    #[error("{logical_id}: refers to {name}, which is not in the template")]
    Dangling {
        /// Where.
        logical_id: String,
        /// What it looks for.
        name: String,
    },
    /// A parameter has neither a default nor a given value.
    #[error("{name}: the parameter has no default and no value was given")]
    NoValue {
        /// The parameter.
        name: String,
    },
    /// The resource has not the shape we expect.
    #[error("{logical_id}: its properties are not as expected")]
    Shape {
        /// Where.
        logical_id: String,
        /// What is missing or of another kind.
        #[source]
        source: serde_json::Error,
    },
    /// A schedule that EventBridge would refuse.
    #[error("{logical_id}: its schedule is not valid")]
    Schedule {
        /// Where.
        logical_id: String,
        /// Why.
        #[source]
        source: InvalidExpression,
    },
    /// Anything else that makes no sense.
    #[error("{logical_id}: {reason}")]
    Unusable {
        /// Where.
        logical_id: String,
        /// Why.
        reason: String,
    },
}

impl TemplateError {
    pub(super) fn unusable(logical_id: &str, reason: impl Into<String>) -> Self {
        Self::Unusable { logical_id: logical_id.to_owned(), reason: reason.into() }
    }
}
