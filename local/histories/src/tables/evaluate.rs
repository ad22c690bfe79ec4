//! What expressions come to for one item.

use super::{
    Item,
    parse::{Change, Comparison, Condition, Operand, Path},
};
use serde_json::{Map, Value, json};
use std::cmp::Ordering;

/// The placeholders of one request.
pub(super) struct Placeholders<'a> {
    names: Option<&'a Map<String, Value>>,
    values: Option<&'a Map<String, Value>>,
}

impl<'a> Placeholders<'a> {
    pub(super) fn of(request: &'a Value) -> Self {
        Self {
            names: request["ExpressionAttributeNames"].as_object(),
            values: request["ExpressionAttributeValues"].as_object(),
        }
    }

    fn name<'b>(&'b self, written: &'b str) -> Result<&'b str, String> {
        if !written.starts_with('#') {
            return Ok(written);
        }
        let name = self.names.and_then(|names| names.get(written)).and_then(Value::as_str);
        name.ok_or_else(|| format!("{written} names nothing"))
    }

    fn value(&self, written: &str) -> Result<&'a Value, String> {
        self.values.and_then(|values| values.get(written)).ok_or_else(|| format!("{written} has no value"))
    }

    fn find<'b>(&self, item: &'b Item, path: &Path) -> Result<Option<&'b Value>, String> {
        let Some((first, below)) = path.split_first() else { return Ok(None) };
        let mut found = item.get(self.name(first)?);
        for part in below {
            let name = self.name(part)?;
            found = found.and_then(|value| value.get("M")).and_then(|members| members.get(name));
        }
        Ok(found)
    }

    fn operand(&self, item: &Item, operand: &Operand) -> Result<Option<Value>, String> {
        Ok(match operand {
            Operand::Path(path) => self.find(item, path)?.cloned(),
            Operand::Value(written) => Some(self.value(written)?.clone()),
            Operand::Size(path) => self.find(item, path)?.and_then(size).map(|size| json!({ "N": size.to_string() })),
            Operand::IfNotExists(path, otherwise) => match self.find(item, path)? {
                Some(there) => Some(there.clone()),
                None => self.operand(item, otherwise)?,
            },
            Operand::ListAppend(first, second) => {
                let (first, second) = (self.operand(item, first)?, self.operand(item, second)?);
                let lists = [first, second].map(|list| list.and_then(|list| list["L"].as_array().cloned()));
                let [Some(mut first), Some(second)] = lists else { return Err("only lists are appended".to_owned()) };
                first.extend(second);
                Some(json!({ "L": first }))
            }
            Operand::Plus(a, b) => Some(number(self.integer(item, a)? + self.integer(item, b)?)),
            Operand::Minus(a, b) => Some(number(self.integer(item, a)? - self.integer(item, b)?)),
        })
    }

    fn integer(&self, item: &Item, operand: &Operand) -> Result<i128, String> {
        let value = self.operand(item, operand)?;
        value.as_ref().and_then(integer).ok_or_else(|| format!("{operand:?} is no whole number"))
    }

    /// Whether the condition holds for the item; an absent item is an empty one.
    pub(super) fn holds(&self, item: &Item, condition: &Condition) -> Result<bool, String> {
        Ok(match condition {
            Condition::And(a, b) => self.holds(item, a)? && self.holds(item, b)?,
            Condition::Or(a, b) => self.holds(item, a)? || self.holds(item, b)?,
            Condition::Not(inner) => !self.holds(item, inner)?,
            Condition::Exists(path) => self.find(item, path)?.is_some(),
            Condition::NotExists(path) => self.find(item, path)?.is_none(),
            Condition::IsOfType(path, kind) => {
                let kind = self.operand(item, kind)?;
                let kind = kind.as_ref().and_then(|kind| kind["S"].as_str()).ok_or("a type is named by a text")?;
                self.find(item, path)?.is_some_and(|value| value.get(kind).is_some())
            }
            Condition::Compare(a, comparison, b) => self.compare(item, a, *comparison, b)?,
            Condition::Between(value, low, high) => {
                self.compare(item, value, Comparison::GreaterOrEqual, low)?
                    && self.compare(item, value, Comparison::LessOrEqual, high)?
            }
            Condition::In(value, any) => {
                for one in any {
                    if self.compare(item, value, Comparison::Equal, one)? {
                        return Ok(true);
                    }
                }
                false
            }
            Condition::BeginsWith(whole, part) => {
                self.texts(item, whole, part)?.is_some_and(|(whole, part)| whole.starts_with(&part))
            }
            Condition::Contains(whole, part) => {
                self.texts(item, whole, part)?.is_some_and(|(whole, part)| whole.contains(&part))
            }
        })
    }

    fn compare(&self, item: &Item, a: &Operand, comparison: Comparison, b: &Operand) -> Result<bool, String> {
        let (Some(a), Some(b)) = (self.operand(item, a)?, self.operand(item, b)?) else {
            // What is not there equals nothing.
            return Ok(comparison == Comparison::Unequal);
        };
        let equal = a == b || matches!((integer(&a), integer(&b)), (Some(a), Some(b)) if a == b);
        Ok(match comparison {
            Comparison::Equal => equal,
            Comparison::Unequal => !equal,
            Comparison::Less => order(&a, &b) == Some(Ordering::Less),
            Comparison::LessOrEqual => order(&a, &b).is_some_and(Ordering::is_le),
            Comparison::Greater => order(&a, &b) == Some(Ordering::Greater),
            Comparison::GreaterOrEqual => order(&a, &b).is_some_and(Ordering::is_ge),
        })
    }

    fn texts(&self, item: &Item, whole: &Operand, part: &Operand) -> Result<Option<(String, String)>, String> {
        let text = |value: Option<Value>| value.and_then(|value| value["S"].as_str().map(str::to_owned));
        Ok(text(self.operand(item, whole)?).zip(text(self.operand(item, part)?)))
    }

    /// The item after the changes. All operands are of the item before.
    pub(super) fn changed(&self, item: &Item, changes: &[Change]) -> Result<Item, String> {
        let mut after = item.clone();
        for change in changes {
            match change {
                Change::Set(path, operand) => {
                    let value = self.operand(item, operand)?;
                    let value = value.ok_or_else(|| format!("{operand:?} is not in the item"))?;
                    self.put(&mut after, path, value)?;
                }
                Change::Remove(path) => {
                    let [name] = path.as_slice() else { return Err("only whole attributes are removed".to_owned()) };
                    after.remove(self.name(name)?);
                }
                Change::Add(path, operand) => {
                    let before = match self.find(item, path)? {
                        Some(value) => integer(value).ok_or("only whole numbers are added to")?,
                        None => 0,
                    };
                    self.put(&mut after, path, number(before + self.integer(item, operand)?))?;
                }
            }
        }
        Ok(after)
    }

    fn put(&self, item: &mut Item, path: &Path, value: Value) -> Result<(), String> {
        let Some((first, below)) = path.split_first() else { return Ok(()) };
        let first = self.name(first)?;
        let Some((last, between)) = below.split_last() else {
            item.insert(first.to_owned(), value);
            return Ok(());
        };
        let mut found = item.get_mut(first);
        for part in between {
            let name = self.name(part)?;
            found = found.and_then(|value| value.get_mut("M")).and_then(|members| members.get_mut(name));
        }
        let members = found.and_then(|value| value.get_mut("M")).and_then(Value::as_object_mut);
        members.ok_or("the document path leads nowhere")?.insert(self.name(last)?.to_owned(), value);
        Ok(())
    }
}

fn number(number: i128) -> Value {
    json!({ "N": number.to_string() })
}

fn integer(value: &Value) -> Option<i128> {
    value.get("N")?.as_str()?.parse().ok()
}

fn order(a: &Value, b: &Value) -> Option<Ordering> {
    if let (Some(a), Some(b)) = (a["S"].as_str(), b["S"].as_str()) {
        return Some(a.cmp(b));
    }
    Some(integer(a)?.cmp(&integer(b)?))
}

fn size(value: &Value) -> Option<usize> {
    let (kind, value) = value.as_object()?.iter().next()?;
    match kind.as_str() {
        "S" => value.as_str().map(str::len),
        "L" | "SS" | "NS" => value.as_array().map(Vec::len),
        "M" => value.as_object().map(Map::len),
        _ => None,
    }
}
