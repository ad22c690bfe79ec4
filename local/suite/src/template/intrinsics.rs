//! CloudFormation's intrinsic functions, as far as the template uses them.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html>

use super::{
    document::Parameters,
    error::TemplateError,
    place::{Place, Resource},
};
use serde_json::{Map, Value};

/// Where a value stands: what it may refer to, and which resource it belongs to.
pub(super) struct Scope<'a> {
    pub(super) template: &'a Value,
    pub(super) parameters: &'a Parameters,
    pub(super) place: &'a dyn Place,
    pub(super) logical_id: &'a str,
}

impl Scope<'_> {
    /// The value with every intrinsic worked out; `None` is `AWS::NoValue`, the property is then not there.
    pub(super) fn resolve(&self, value: &Value) -> Result<Option<Value>, TemplateError> {
        match value {
            Value::Array(items) => {
                let items: Result<Vec<_>, _> = items.iter().filter_map(|item| self.resolve(item).transpose()).collect();
                Ok(Some(Value::Array(items?)))
            }
            Value::Object(map) => match intrinsic(map) {
                Some((name, argument)) => self.apply(name, argument),
                None => {
                    let mut resolved = Map::new();
                    for (name, value) in map {
                        if let Some(value) = self.resolve(value)? {
                            resolved.insert(name.clone(), value);
                        }
                    }
                    Ok(Some(Value::Object(resolved)))
                }
            },
            plain => Ok(Some(plain.clone())),
        }
    }

    fn apply(&self, name: &str, argument: &Value) -> Result<Option<Value>, TemplateError> {
        match (name, argument) {
            ("Ref", Value::String(name)) if name == "AWS::NoValue" => Ok(None),
            ("Ref", Value::String(name)) => self.reference(name).map(|text| Some(Value::String(text))),
            ("Fn::GetAtt", Value::Array(parts)) => match parts.as_slice() {
                [Value::String(resource), Value::String(attribute)] => {
                    self.attribute(resource, attribute).map(|text| Some(Value::String(text)))
                }
                _ => Err(self.not_understood(name, argument)),
            },
            ("Fn::Sub", Value::String(text)) => self.substitute(text).map(|text| Some(Value::String(text))),
            ("Fn::Join", Value::Array(parts)) => match parts.as_slice() {
                [Value::String(between), list] => {
                    let Some(Value::Array(items)) = self.resolve(list)? else {
                        return Err(self.not_understood(name, argument));
                    };
                    let items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
                    Ok(Some(Value::String(items.join(between))))
                }
                _ => Err(self.not_understood(name, argument)),
            },
            ("Fn::If", Value::Array(parts)) => match parts.as_slice() {
                [Value::String(condition), yes, no] => self.resolve(if self.holds(condition)? { yes } else { no }),
                _ => Err(self.not_understood(name, argument)),
            },
            _ => Err(self.not_understood(name, argument)),
        }
    }

    fn reference(&self, name: &str) -> Result<String, TemplateError> {
        if let Some(value) = self.parameters.get(name) {
            return Ok(value.clone());
        }
        if name.starts_with("AWS::") {
            return self.place.pseudo(name).ok_or_else(|| self.dangling(name));
        }
        Ok(self.place.reference(self.resource(name)?))
    }

    fn attribute(&self, name: &str, attribute: &str) -> Result<String, TemplateError> {
        self.place
            .attribute(self.resource(name)?, attribute)
            .ok_or_else(|| self.dangling(&format!("{name}.{attribute}")))
    }

    /// `${Name}` is a `Ref`, `${Name.Attribute}` a `GetAtt`, `${!Name}` is left as `${Name}`.
    fn substitute(&self, text: &str) -> Result<String, TemplateError> {
        let mut done = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            done.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                return Err(TemplateError::unusable(self.logical_id, format!("${{ without }} in {text:?}")));
            };
            match (name.strip_prefix('!'), name.split_once('.')) {
                (Some(literal), _) => done.push_str(&format!("${{{literal}}}")),
                (None, Some((resource, attribute))) => done.push_str(&self.attribute(resource, attribute)?),
                (None, None) => done.push_str(&self.reference(name)?),
            }
            rest = after;
        }
        done.push_str(rest);
        Ok(done)
    }

    /// Whether a condition of the template holds.
    fn holds(&self, name: &str) -> Result<bool, TemplateError> {
        match self.template["Conditions"].get(name) {
            Some(condition) => self.truth(condition),
            None => Err(self.dangling(name)),
        }
    }

    fn truth(&self, condition: &Value) -> Result<bool, TemplateError> {
        let parts = condition.as_object().and_then(intrinsic);
        match parts {
            Some(("Condition", Value::String(name))) => self.holds(name),
            Some(("Fn::Not", Value::Array(inner))) if inner.len() == 1 => Ok(!self.truth(&inner[0])?),
            Some(("Fn::Equals", Value::Array(sides))) if sides.len() == 2 => {
                Ok(self.resolve(&sides[0])? == self.resolve(&sides[1])?)
            }
            _ => Err(self.not_understood("a condition", condition)),
        }
    }

    fn resource<'n>(&'n self, name: &'n str) -> Result<Resource<'n>, TemplateError> {
        match self.template["Resources"][name]["Type"].as_str() {
            Some(kind) => Ok(Resource { logical_id: name, kind }),
            None => Err(self.dangling(name)),
        }
    }

    fn dangling(&self, name: &str) -> TemplateError {
        TemplateError::Dangling { logical_id: self.logical_id.to_owned(), name: name.to_owned() }
    }

    fn not_understood(&self, name: &str, argument: &Value) -> TemplateError {
        TemplateError::Intrinsic { logical_id: self.logical_id.to_owned(), intrinsic: format!("{name} {argument}") }
    }
}

/// A map of one entry named `Ref`, `Condition` or `Fn::…` is an intrinsic.
fn intrinsic(map: &Map<String, Value>) -> Option<(&str, &Value)> {
    let mut entries = map.iter();
    match (entries.next(), entries.next()) {
        (Some((name, argument)), None) if name == "Ref" || name.starts_with("Fn::") => Some((name, argument)),
        (Some((name, argument @ Value::String(_))), None) if name == "Condition" => Some((name, argument)),
        _ => None,
    }
}
