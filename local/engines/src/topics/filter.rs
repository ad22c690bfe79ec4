use super::TopicError;
use crate::queues::{MessageAttribute, MessageAttributes};
use serde_json::Value;
use std::collections::BTreeMap;

/// Which messages a subscription wants: for each attribute named, one of the strings listed. Everything when empty.
/// Only exact strings: SNS has more (prefix, numeric, anything-but), and a policy with those is refused rather than
/// misread.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FilterPolicy(BTreeMap<String, Vec<String>>);

impl FilterPolicy {
    pub(crate) fn parse(policy: &Value) -> Result<Self, TopicError> {
        let refuse = |why: String| TopicError::Filter(why);
        let Value::Object(keys) = policy else {
            return Err(refuse("a filter policy is an object".to_owned()));
        };
        let mut wanted = BTreeMap::new();
        for (name, values) in keys {
            let strings: Option<Vec<String>> =
                values.as_array().and_then(|list| list.iter().map(|v| v.as_str().map(str::to_owned)).collect());
            match strings {
                Some(strings) if !strings.is_empty() => wanted.insert(name.clone(), strings),
                _ => return Err(refuse(format!("{name} must list exact strings"))),
            };
        }
        Ok(Self(wanted))
    }

    pub(crate) fn accepts(&self, attributes: &MessageAttributes) -> bool {
        self.0.iter().all(|(name, wanted)| {
            attributes.get(name).is_some_and(|attribute| values(attribute).iter().any(|value| wanted.contains(value)))
        })
    }
}

/// The attribute's strings: several when it is a `String.Array`.
fn values(attribute: &MessageAttribute) -> Vec<String> {
    let text = attribute.string_value.clone().unwrap_or_default();
    match attribute.data_type.as_str() {
        "String.Array" => serde_json::from_str::<Vec<Value>>(&text)
            .unwrap_or_default()
            .iter()
            .filter_map(|value| value.as_str().map(str::to_owned))
            .collect(),
        _ => vec![text],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn with(name: &str, data_type: &str, value: &str) -> MessageAttributes {
        let attribute = MessageAttribute {
            data_type: data_type.to_owned(),
            string_value: Some(value.to_owned()),
            binary_value: None,
        };
        MessageAttributes::from([(name.to_owned(), attribute)])
    }

    #[test]
    fn takes_a_message_whose_attribute_is_one_of_the_strings() {
        let policy = FilterPolicy::parse(&json!({ "kind": ["apple", "pear"] })).unwrap();
        assert!(policy.accepts(&with("kind", "String", "pear")));
        assert!(!policy.accepts(&with("kind", "String", "plum")));
        assert!(!policy.accepts(&with("colour", "String", "pear")));
        assert!(policy.accepts(&with("kind", "String.Array", r#"["plum","apple"]"#)));
    }

    #[test]
    fn every_attribute_named_must_match() {
        let policy = FilterPolicy::parse(&json!({ "kind": ["apple"], "size": ["large"] })).unwrap();
        let mut attributes = with("kind", "String", "apple");
        assert!(!policy.accepts(&attributes));
        attributes.extend(with("size", "String", "large"));
        assert!(policy.accepts(&attributes));
    }

    #[test]
    fn a_policy_that_would_be_misread_is_refused() {
        for policy in [json!({ "kind": [{ "prefix": "a" }] }), json!({ "size": [1] }), json!({ "kind": [] }), json!([])]
        {
            assert!(matches!(FilterPolicy::parse(&policy), Err(TopicError::Filter(_))), "{policy}");
        }
    }
}
