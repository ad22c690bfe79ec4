//! YAML with CloudFormation's short forms, as plain JSON with the long ones: `!GetAtt A.Arn` is `{"Fn::GetAtt": ["A", "Arn"]}`.

use super::error::TemplateError;
use serde_json::{Map, Value, json};
use serde_yaml_ng::Value as Yaml;

/// The template as JSON, every intrinsic in its long form.
pub(super) fn parse(text: &str) -> Result<Value, TemplateError> {
    let yaml: Yaml = serde_yaml_ng::from_str(text).map_err(TemplateError::Yaml)?;
    plain(yaml)
}

fn plain(yaml: Yaml) -> Result<Value, TemplateError> {
    Ok(match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(truth) => Value::Bool(truth),
        Yaml::Number(number) => serde_json::to_value(number).map_err(|e| shape("a number", e))?,
        Yaml::String(text) => Value::String(text),
        Yaml::Sequence(items) => Value::Array(items.into_iter().map(plain).collect::<Result<_, _>>()?),
        Yaml::Mapping(entries) => {
            let mut map = Map::new();
            for (name, value) in entries {
                let Yaml::String(name) = name else {
                    return Err(TemplateError::unusable("template", format!("a key is not text: {name:?}")));
                };
                map.insert(name, plain(value)?);
            }
            Value::Object(map)
        }
        Yaml::Tagged(tagged) => {
            let tag = tagged.tag.to_string();
            long_form(tag.trim_start_matches('!'), plain(tagged.value)?)
        }
    })
}

fn long_form(tag: &str, value: Value) -> Value {
    match (tag, value) {
        ("Ref" | "Condition", value) => json!({ tag: value }),
        ("GetAtt", Value::String(dotted)) => {
            let (resource, attribute) = dotted.split_once('.').unwrap_or((&dotted, ""));
            json!({ "Fn::GetAtt": [resource, attribute] })
        }
        (other, value) => json!({ format!("Fn::{other}"): value }),
    }
}

fn shape(what: &str, source: serde_json::Error) -> TemplateError {
    TemplateError::Shape { logical_id: what.to_owned(), source }
}
