use super::{Publication, TopicError};
use crate::{
    limits,
    queues::{MessageAttribute, MessageAttributes},
};
use std::collections::{BTreeMap, HashSet};

/// A call of the query protocol: form fields such as `MessageAttributes.entry.1.Value.StringValue`.
pub(super) struct Form(BTreeMap<String, String>);

impl Form {
    pub(super) fn read(body: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(body).into_owned().collect())
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The topic's name out of its ARN.
    pub(super) fn topic(&self) -> Result<&str, TopicError> {
        let arn = self.text("TopicArn").or_else(|| self.text("TargetArn"));
        arn.map(crate::names::name_in_arn).ok_or_else(|| TopicError::Parameter("TopicArn or TargetArn".to_owned()))
    }

    /// The publication whose fields begin with `prefix`.
    pub(super) fn publication(&self, prefix: &str) -> Result<Publication, TopicError> {
        let field = |name: &str| self.text(&format!("{prefix}{name}"));
        if field("MessageStructure").is_some() || field("MessageGroupId").is_some() {
            return Err(TopicError::Unsupported("a message structure or group".to_owned()));
        }
        Ok(Publication {
            message: field("Message").unwrap_or_default().to_owned(),
            subject: field("Subject").map(str::to_owned),
            attributes: self.attributes(&format!("{prefix}MessageAttributes.entry."))?,
        })
    }

    fn attributes(&self, prefix: &str) -> Result<MessageAttributes, TopicError> {
        let mut attributes = MessageAttributes::new();
        for n in 1.. {
            let field = |name: &str| self.text(&format!("{prefix}{n}.{name}"));
            let Some(name) = field("Name") else { break };
            if n > limits::MESSAGE_ATTRIBUTES {
                return Err(TopicError::Parameter("at most 10 message attributes".to_owned()));
            }
            let attribute = MessageAttribute {
                data_type: field("Value.DataType").unwrap_or_default().to_owned(),
                string_value: field("Value.StringValue").map(str::to_owned),
                binary_value: field("Value.BinaryValue").map(str::to_owned),
            };
            attributes.insert(name.to_owned(), attribute);
        }
        Ok(attributes)
    }

    /// The entries of a batch: id and publication.
    pub(super) fn entries(&self) -> Result<Vec<(String, Publication)>, TopicError> {
        let mut entries = Vec::new();
        let mut seen = HashSet::new();
        for n in 1.. {
            let prefix = format!("PublishBatchRequestEntries.member.{n}.");
            let Some(id) = self.text(&format!("{prefix}Id")) else { break };
            if n > limits::BATCH {
                return Err(TopicError::Parameter("a batch has at most 10 entries".to_owned()));
            }
            if !seen.insert(id) {
                return Err(TopicError::Parameter(format!("Id {id} repeated")));
            }
            entries.push((id.to_owned(), self.publication(&prefix)?));
        }
        if entries.is_empty() {
            return Err(TopicError::Parameter("The batch request doesn't contain any entries".to_owned()));
        }
        Ok(entries)
    }
}
