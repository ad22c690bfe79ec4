//! The template as parsed, with its parameters' values, and reading from it with the intrinsics worked out.

use super::{
    error::TemplateError,
    intrinsics::Scope,
    place::{Place, Resource},
    yaml,
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Values of parameters, by name.
pub type Parameters = BTreeMap<String, String>;

/// One resource as written, with the globals of its kind already in it.
pub(super) struct Written<'a> {
    pub(super) logical_id: &'a str,
    pub(super) kind: &'a str,
    pub(super) properties: Value,
}

pub(super) struct Document<'p> {
    template: Value,
    parameters: Parameters,
    place: &'p dyn Place,
}

impl<'p> Document<'p> {
    pub(super) fn parse(text: &str, given: &Parameters, place: &'p dyn Place) -> Result<Self, TemplateError> {
        let template = yaml::parse(text)?;
        let parameters = values(&template, given)?;
        Ok(Self { template, parameters, place })
    }

    pub(super) fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    pub(super) fn place(&self) -> &dyn Place {
        self.place
    }

    /// The resources of a kind, by name.
    pub(super) fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = Written<'a>> {
        let globals = match kind {
            "AWS::Serverless::Function" => &self.template["Globals"]["Function"],
            _ => &Value::Null,
        };
        section(&self.template, "Resources").filter(move |(_, resource)| resource["Type"] == kind).map(
            move |(logical_id, resource)| Written {
                logical_id,
                kind,
                properties: merged(globals, resource.get("Properties").unwrap_or(&Value::Object(Map::new()))),
            },
        )
    }

    /// Works out the intrinsics in `value` and reads it as a `T`.
    pub(super) fn read<T: DeserializeOwned>(&self, logical_id: &str, value: &Value) -> Result<T, TemplateError> {
        let scope = Scope { template: &self.template, parameters: &self.parameters, place: self.place, logical_id };
        let plain = scope.resolve(value)?.unwrap_or(Value::Null);
        serde_json::from_value(plain)
            .map_err(|source| TemplateError::Shape { logical_id: logical_id.to_owned(), source })
    }
}

impl Written<'_> {
    pub(super) fn resource(&self) -> Resource<'_> {
        Resource { logical_id: self.logical_id, kind: self.kind }
    }
}

fn section<'a>(template: &'a Value, name: &str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    template[name].as_object().into_iter().flat_map(|map| map.iter().map(|(name, value)| (name.as_str(), value)))
}

fn values(template: &Value, given: &Parameters) -> Result<Parameters, TemplateError> {
    for name in given.keys() {
        if template["Parameters"].get(name).is_none() {
            return Err(TemplateError::unusable(name, "a value was given, but the template has no such parameter"));
        }
    }
    section(template, "Parameters")
        .map(|(name, parameter)| {
            let default = match &parameter["Default"] {
                Value::Null => None,
                Value::String(text) => Some(text.clone()),
                other => Some(other.to_string()),
            };
            match given.get(name).cloned().or(default) {
                Some(value) => Ok((name.to_owned(), value)),
                None => Err(TemplateError::NoValue { name: name.to_owned() }),
            }
        })
        .collect()
}

/// The properties with the globals beneath them: maps are joined, anything else of the resource's own wins.
fn merged(globals: &Value, own: &Value) -> Value {
    match (globals, own) {
        (Value::Object(globals), Value::Object(own)) => {
            let mut joined: Map<String, Value> = globals.clone();
            for (name, value) in own {
                let under = joined.get(name).unwrap_or(&Value::Null);
                let value = merged(under, value);
                joined.insert(name.clone(), value);
            }
            Value::Object(joined)
        }
        (globals, Value::Null) => globals.clone(),
        (_, own) => own.clone(),
    }
}
