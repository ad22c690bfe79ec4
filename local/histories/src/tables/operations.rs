//! The operations, on their JSON; the writes, alone and in transactions.

use super::{
    Item, Key, KeyNames, Known, Tables,
    evaluate::Placeholders,
    parse::{self, Change, Condition},
    reads::projected,
};
use serde_json::{Value, json};
use std::{cell::RefCell, sync::Arc};

thread_local! {
    static KNOWN: RefCell<Known> = RefCell::default();
}

/// Why an operation was not done: DynamoDB's error.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// Its name.
    pub kind: &'static str,
    /// What else is in its body.
    pub body: Value,
}

impl Refusal {
    pub(super) fn invalid(why: impl Into<String>) -> Self {
        Self { kind: "ValidationException", body: json!({ "message": why.into() }) }
    }
}

/// What one part of a transaction, or one write of its own, comes to.
enum Write {
    Put(Item),
    Delete,
    Nothing,
}

struct Planned {
    table: usize,
    key: Key,
    write: Write,
}

/// The condition did not hold; the item as it stands, if that was asked for.
struct Unmet(Option<Item>);

impl Tables {
    /// Does what a request says.
    pub fn call(&mut self, operation: &str, request: &Value) -> Result<Value, Refusal> {
        match operation {
            "GetItem" => {
                let (table, key) = self.place(request)?;
                let found = self.tables[table].items.get(&key);
                Ok(found.map_or_else(|| json!({}), |item| json!({ "Item": projected(item, request) })))
            }
            "BatchGetItem" => self.batch_get(request),
            "Query" => self.query(request),
            "Scan" => self.scan(request),
            "PutItem" => self.alone("Put", request),
            "UpdateItem" => self.alone("Update", request),
            "DeleteItem" => self.alone("Delete", request),
            "TransactWriteItems" => self.transact(request),
            other => Err(Refusal::invalid(format!("{other} is not played"))),
        }
    }

    pub(super) fn table(&self, request: &Value) -> Result<usize, Refusal> {
        let name = request["TableName"].as_str().unwrap_or_default();
        self.tables.iter().position(|table| table.spec.name == name).ok_or_else(|| Refusal {
            kind: "ResourceNotFoundException",
            body: json!({ "message": format!("no table {name}") }),
        })
    }

    /// The table, and the key in `Key` or in the item itself.
    fn place(&self, request: &Value) -> Result<(usize, Key), Refusal> {
        let table = self.table(request)?;
        let of = request.get("Key").or_else(|| request.get("Item")).and_then(Value::as_object);
        let key = of.and_then(|item| key_of(item, self.tables[table].spec.key));
        Ok((table, key.ok_or_else(|| Refusal::invalid("the key is missing or empty"))?))
    }

    /// A write outside a transaction.
    fn alone(&mut self, kind: &str, request: &Value) -> Result<Value, Refusal> {
        let planned = self.plan(kind, request)?.map_err(|Unmet(item)| {
            let mut body = json!({ "message": "The conditional request failed" });
            if let Some(item) = item {
                body["Item"] = Value::Object(item);
            }
            Refusal { kind: "ConditionalCheckFailedException", body }
        })?;
        let returned = match request["ReturnValues"].as_str() {
            Some("ALL_NEW") => match &planned.write {
                Write::Put(item) => Some(item.clone()),
                Write::Delete | Write::Nothing => None,
            },
            Some("ALL_OLD") => self.tables[planned.table].items.get(&planned.key).map(|item| item.as_ref().clone()),
            Some("NONE") | None => None,
            Some(other) => return Err(Refusal::invalid(format!("{other} is not played"))),
        };
        self.write(planned);
        Ok(returned.map_or_else(|| json!({}), |item| json!({ "Attributes": item })))
    }

    fn transact(&mut self, request: &Value) -> Result<Value, Refusal> {
        let token = request["ClientRequestToken"].as_str();
        if token.is_some_and(|token| self.done.contains(token)) {
            return Ok(json!({}));
        }
        let parts = request["TransactItems"].as_array().map(Vec::as_slice).unwrap_or_default();
        if parts.is_empty() || parts.len() > 100 {
            return Err(Refusal::invalid("a transaction has 1 to 100 parts"));
        }
        self.refuse_two_of_one(parts)?;
        let mut planned: Vec<Planned> = Vec::new();
        let mut reasons = Vec::new();
        let mut unmet = false;
        for part in parts {
            let (kind, part) =
                part.as_object().and_then(|part| part.iter().next()).ok_or_else(|| Refusal::invalid("no part"))?;
            let reason = match self.plan(kind, part)? {
                Ok(plan) => {
                    planned.push(plan);
                    json!({ "Code": "None" })
                }
                Err(Unmet(item)) => {
                    unmet = true;
                    let mut reason =
                        json!({ "Code": "ConditionalCheckFailed", "Message": "The conditional request failed" });
                    if let Some(item) = item {
                        reason["Item"] = Value::Object(item);
                    }
                    reason
                }
            };
            reasons.push(reason);
        }
        if unmet {
            let body = json!({ "Message": "Transaction cancelled", "CancellationReasons": reasons });
            return Err(Refusal { kind: "TransactionCanceledException", body });
        }
        planned.into_iter().for_each(|plan| self.write(plan));
        self.done.extend(token.map(str::to_owned));
        Ok(json!({}))
    }

    /// No two parts of a transaction may touch the same item.
    fn refuse_two_of_one(&self, parts: &[Value]) -> Result<(), Refusal> {
        let mut places = Vec::with_capacity(parts.len());
        for part in parts.iter().filter_map(|part| part.as_object()?.values().next()) {
            let place = self.place(part)?;
            if places.contains(&place) {
                let why = "Transaction request cannot include multiple operations on one item";
                return Err(Refusal::invalid(why));
            }
            places.push(place);
        }
        Ok(())
    }

    /// What a write would do, if its condition holds.
    fn plan(&self, kind: &str, request: &Value) -> Result<Result<Planned, Unmet>, Refusal> {
        let (table, key) = self.place(request)?;
        let there = self.tables[table].items.get(&key);
        let placeholders = Placeholders::of(request);
        if let Some(text) = request["ConditionExpression"].as_str() {
            let condition = condition(text)?;
            let nothing = Item::new();
            let item = there.map_or(&nothing, Arc::as_ref);
            if !placeholders.holds(item, &condition).map_err(Refusal::invalid)? {
                let wanted = request["ReturnValuesOnConditionCheckFailure"] == json!("ALL_OLD");
                return Ok(Err(Unmet(there.filter(|_| wanted).map(|item| item.as_ref().clone()))));
            }
        }
        let write = match kind {
            "Put" => Write::Put(request["Item"].as_object().cloned().unwrap_or_default()),
            "Delete" => Write::Delete,
            "ConditionCheck" => Write::Nothing,
            "Update" => {
                let changes = update(request["UpdateExpression"].as_str().unwrap_or_default())?;
                let before = match there {
                    Some(item) => item.as_ref().clone(),
                    None => request["Key"].as_object().cloned().unwrap_or_default(),
                };
                Write::Put(placeholders.changed(&before, &changes).map_err(Refusal::invalid)?)
            }
            other => return Err(Refusal::invalid(format!("{other} is not played"))),
        };
        Ok(Ok(Planned { table, key, write }))
    }

    fn write(&mut self, Planned { table, key, write }: Planned) {
        self.writes += 1;
        let items = &mut self.tables[table].items;
        match write {
            Write::Put(item) => {
                items.insert(key, Arc::new(item));
            }
            Write::Delete => {
                items.remove(&key);
            }
            Write::Nothing => {}
        }
    }
}

pub(super) fn key_of(item: &Item, names: KeyNames) -> Option<Key> {
    let part = |name: &str| item.get(name).and_then(|value| value["S"].as_str()).filter(|text| !text.is_empty());
    let sort = match names.sort {
        None => String::new(),
        Some(name) => part(name)?.to_owned(),
    };
    Some((part(names.partition)?.to_owned(), sort))
}

pub(super) fn condition(text: &str) -> Result<Arc<Condition>, Refusal> {
    KNOWN.with_borrow_mut(|known| match known.conditions.get(text) {
        Some(known) => Ok(known.clone()),
        None => {
            let parsed = Arc::new(parse::condition(text).map_err(Refusal::invalid)?);
            known.conditions.insert(text.to_owned(), parsed.clone());
            Ok(parsed)
        }
    })
}

fn update(text: &str) -> Result<Arc<Vec<Change>>, Refusal> {
    KNOWN.with_borrow_mut(|known| match known.updates.get(text) {
        Some(known) => Ok(known.clone()),
        None => {
            let parsed = Arc::new(parse::update(text).map_err(Refusal::invalid)?);
            known.updates.insert(text.to_owned(), parsed.clone());
            Ok(parsed)
        }
    })
}
