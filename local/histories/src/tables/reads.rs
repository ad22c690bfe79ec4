//! Reads: items by their keys, and queries.

use super::{
    Item, KeyNames, Table, Tables,
    evaluate::Placeholders,
    operations::{Refusal, condition, key_of},
};
use serde_json::{Value, json};

impl Tables {
    pub(super) fn batch_get(&self, request: &Value) -> Result<Value, Refusal> {
        let mut answers = serde_json::Map::new();
        for (name, wanted) in request["RequestItems"].as_object().into_iter().flatten() {
            let table = self.table(&json!({ "TableName": name }))?;
            let mut found = Vec::new();
            for key in wanted["Keys"].as_array().into_iter().flatten().filter_map(Value::as_object) {
                let key = key_of(key, self.tables[table].spec.key).ok_or_else(|| Refusal::invalid("no key"))?;
                found.extend(self.tables[table].items.get(&key).map(|item| projected(item, wanted)));
            }
            answers.insert(name.clone(), Value::Array(found));
        }
        Ok(json!({ "Responses": answers, "UnprocessedKeys": {} }))
    }

    pub(super) fn query(&self, request: &Value) -> Result<Value, Refusal> {
        let table = &self.tables[self.table(request)?];
        let key = match request["IndexName"].as_str() {
            None => table.spec.key,
            Some(name) => {
                let index = table.spec.indexes.iter().find(|(index, _)| *index == name);
                index.ok_or_else(|| Refusal::invalid(format!("no index {name}")))?.1
            }
        };
        let wanted = condition(request["KeyConditionExpression"].as_str().unwrap_or_default())?;
        let filter = request["FilterExpression"].as_str().map(condition).transpose()?;
        let placeholders = Placeholders::of(request);
        let mut found = Vec::new();
        for (primary, item) in &table.items {
            if let Some(in_index) = key_of(item, key)
                && placeholders.holds(item, &wanted).map_err(Refusal::invalid)?
            {
                found.push(((in_index, primary.clone()), item));
            }
        }
        found.sort_by(|a, b| a.0.cmp(&b.0));
        if request["ScanIndexForward"] == json!(false) {
            found.reverse();
        }
        if let Some(start) = request["ExclusiveStartKey"].as_object() {
            let start = key_of(start, table.spec.key);
            let at = found.iter().position(|((_, primary), _)| Some(primary) == start.as_ref());
            found.drain(..at.map_or(0, |at| at + 1));
        }
        let limit = request["Limit"].as_u64().and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
        let last = (found.len() >= limit).then(|| found.get(limit - 1).map(|(_, item)| keys_of(item, table, key)));
        found.truncate(limit);
        let scanned = found.len();
        let mut items = Vec::new();
        for (_, item) in found {
            let kept = filter.as_ref().map(|filter| placeholders.holds(item, filter)).transpose();
            if kept.map_err(Refusal::invalid)?.unwrap_or(true) {
                items.push(projected(item, request));
            }
        }
        let mut answer = json!({ "Count": items.len(), "ScannedCount": scanned, "Items": items });
        if let Some(last) = last.flatten() {
            answer["LastEvaluatedKey"] = last;
        }
        Ok(answer)
    }

    pub(super) fn scan(&self, request: &Value) -> Result<Value, Refusal> {
        let table = &self.tables[self.table(request)?];
        let filter = request["FilterExpression"].as_str().map(condition).transpose()?;
        let placeholders = Placeholders::of(request);
        let mut items = Vec::new();
        for item in table.items.values() {
            let kept = filter.as_ref().map(|filter| placeholders.holds(item, filter)).transpose();
            if kept.map_err(Refusal::invalid)?.unwrap_or(true) {
                items.push(projected(item, request));
            }
        }
        Ok(json!({ "Count": items.len(), "ScannedCount": table.items.len(), "Items": items }))
    }
}

/// The key attributes of an item, in its table and in the index that was asked.
fn keys_of(item: &Item, table: &Table, index: KeyNames) -> Value {
    let names = [Some(table.spec.key.partition), table.spec.key.sort, Some(index.partition), index.sort];
    let keys = names.into_iter().flatten().filter_map(|name| Some((name.to_owned(), item.get(name)?.clone())));
    Value::Object(keys.collect())
}

/// The attributes asked for; those of an index that has fewer are all there: who reads more than its index has fails on the
/// suite's engine.
pub(super) fn projected(item: &Item, request: &Value) -> Value {
    let Some(wanted) = request["ProjectionExpression"].as_str() else { return Value::Object(item.clone()) };
    let name = |part: &str| {
        let part = part.trim();
        request["ExpressionAttributeNames"][part].as_str().unwrap_or(part).to_owned()
    };
    let wanted = wanted.split(',').map(name).filter_map(|name| Some((name.clone(), item.get(&name)?.clone())));
    Value::Object(wanted.collect())
}
