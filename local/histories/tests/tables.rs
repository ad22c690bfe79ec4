//! The tables in memory answer as dynoxide does, over random operations of the kinds that the stores use.

use dynoxide::{Database, DynoxideError};
use heatpay_histories::{
    dice::Dice,
    tables::{Refusal, SPECS, Spec, Tables},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

const OPERATIONS: u32 = 4_000;

fn dynoxide() -> Database {
    let database = Database::memory().expect("SQLite has memory");
    for Spec { name, key, indexes } in SPECS {
        let schema = |key: heatpay_histories::tables::KeyNames| -> Value {
            let sort = key.sort.map(|sort| json!({ "AttributeName": sort, "KeyType": "RANGE" }));
            let hash = json!({ "AttributeName": key.partition, "KeyType": "HASH" });
            [Some(hash), sort].into_iter().flatten().collect()
        };
        let mut names: Vec<_> = [key]
            .into_iter()
            .chain(indexes.iter().map(|(_, key)| *key))
            .collect::<Vec<_>>()
            .into_iter()
            .flat_map(|key| [Some(key.partition), key.sort])
            .flatten()
            .collect();
        names.sort_unstable();
        names.dedup();
        let attributes: Vec<_> =
            names.iter().map(|name| json!({ "AttributeName": name, "AttributeType": "S" })).collect();
        let mut request = json!({ "TableName": name, "BillingMode": "PAY_PER_REQUEST", "KeySchema": schema(key),
            "AttributeDefinitions": attributes });
        if !indexes.is_empty() {
            request["GlobalSecondaryIndexes"] = indexes
                .iter()
                .map(|(name, key)| {
                    json!({ "IndexName": name,
                "KeySchema": schema(*key), "Projection": { "ProjectionType": "ALL" } })
                })
                .collect();
        }
        database.create_table(serde_json::from_value(request).expect("a table")).expect("a new table");
    }
    database
}

fn ask<Request: DeserializeOwned, Answer: Serialize>(
    request: &Value,
    operation: impl Fn(Request) -> Result<Answer, DynoxideError>,
) -> Result<Value, Value> {
    let request = serde_json::from_value(request.clone()).expect("a request");
    match operation(request) {
        Ok(answer) => Ok(serde_json::to_value(answer).expect("JSON")),
        Err(error) => Err(serde_json::from_str(&error.to_json()).expect("JSON")),
    }
}

fn theirs(database: &Database, operation: &str, request: &Value) -> Result<Value, Value> {
    match operation {
        "GetItem" => ask(request, |request| database.get_item(request)),
        "BatchGetItem" => ask(request, |request| database.batch_get_item(request)),
        "Query" => ask(request, |request| database.query(request)),
        "PutItem" => ask(request, |request| database.put_item(request)),
        "UpdateItem" => ask(request, |request| database.update_item(request)),
        "TransactWriteItems" => ask(request, |request| database.transact_write_items(request)),
        other => panic!("{other} is not asked"),
    }
}

/// What callers look at: items, the kind of the error, and why a transaction was stopped.
fn looked_at(answer: Result<Value, Value>) -> Value {
    let item = |value: &Value| if value.is_null() { json!({}) } else { value.clone() };
    match answer {
        Ok(answer) => json!([
            item(&answer["Item"]),
            answer["Items"],
            answer["Count"],
            answer["LastEvaluatedKey"],
            sorted(&answer["Responses"])
        ]),
        Err(error) => {
            let kind = error["__type"].as_str().and_then(|kind| kind.rsplit('#').next()).unwrap_or_default();
            let reasons = error["CancellationReasons"].as_array().into_iter().flatten();
            let reasons: Vec<_> = reasons.map(|reason| json!([reason["Code"], item(&reason["Item"])])).collect();
            json!([kind, item(&error["Item"]), reasons])
        }
    }
}

/// BatchGetItem answers in any order.
fn sorted(responses: &Value) -> Value {
    let mut responses = responses.clone();
    for items in responses.as_object_mut().into_iter().flatten().filter_map(|(_, items)| items.as_array_mut()) {
        items.sort_by_key(ToString::to_string);
    }
    responses
}

struct Writer(Dice);

impl Writer {
    fn number(&mut self) -> String {
        format!("P{}", self.0.below(6))
    }

    fn item(&mut self) -> Value {
        let mut item = json!({ "payment_no": { "S": self.number() }, "status": { "S": "pending" },
            "version": { "N": self.0.below(3).to_string() }, "account_no": { "S": format!("A{}", self.0.below(2)) },
            "created_at": { "S": format!("2026-11-2{}", self.0.below(9)) } });
        if self.0.percent(60) {
            item["open_shard"] = json!({ "S": self.0.below(2).to_string() });
            item["ask_at"] = json!({ "S": self.0.below(9).to_string() });
        }
        item
    }

    fn put(&mut self) -> Value {
        let mut put = json!({ "TableName": "payments", "Item": self.item() });
        match self.0.below(4) {
            0 => put["ConditionExpression"] = json!("attribute_not_exists(payment_no)"),
            1 => {
                put["ConditionExpression"] = json!("attribute_not_exists(payment_no) OR #status = :draft");
                put["ExpressionAttributeNames"] = json!({ "#status": "status" });
                put["ExpressionAttributeValues"] = json!({ ":draft": { "S": "paid" } });
            }
            2 => {
                put["ConditionExpression"] = json!("attribute_not_exists(#key)");
                put["ExpressionAttributeNames"] = json!({ "#key": "payment_no" });
            }
            _ => return put,
        }
        if self.0.percent(50) {
            put["ReturnValuesOnConditionCheckFailure"] = json!("ALL_OLD");
        }
        put
    }

    fn update(&mut self) -> Value {
        let version = self.0.below(3);
        let mut update = json!({ "TableName": "payments", "Key": { "payment_no": { "S": self.number() } } });
        let mut names = json!({ "#version": "version", "#s": "status" });
        let mut values = json!({ ":read": { "N": version.to_string() }, ":next": { "N": (version + 1).to_string() },
            ":s": { "S": "paid" } });
        update["ConditionExpression"] = json!("#version = :read");
        update["UpdateExpression"] = json!("SET #s = :s, #version = :next");
        match self.0.below(6) {
            5 => {
                update["ConditionExpression"] = json!("attribute_exists(payment_no) AND attribute_type(#s, :kind)");
                update["UpdateExpression"] = json!("SET #s = :s");
                names = json!({ "#s": "status" });
                let kind = if self.0.percent(50) { "S" } else { "NULL" };
                let status = if self.0.percent(50) { json!({ "S": "paid" }) } else { json!({ "NULL": true }) };
                values = json!({ ":s": status, ":kind": { "S": kind } });
            }
            0 => {
                update["UpdateExpression"] = json!("SET #s = :s, #version = :next REMOVE #r, ask_at");
                names["#r"] = json!("open_shard");
            }
            1 => update["UpdateExpression"] = json!("SET #s = :s ADD #version :next"),
            2 => {
                update["ConditionExpression"] = json!(
                    "attribute_exists(payment_no) AND (NOT #version < :read OR begins_with(#s, :p)) AND #version <> :next"
                );
                values[":p"] = json!({ "S": "pa" });
            }
            3 => {
                update["UpdateExpression"] = json!("SET #s = :s, #version = if_not_exists(#version, :read) + :next");
                update["ConditionExpression"] = json!("#version BETWEEN :read AND :next OR #s IN (:s, :next)");
            }
            _ => {}
        }
        update["ExpressionAttributeNames"] = names;
        update["ExpressionAttributeValues"] = values;
        update
    }

    fn query(&mut self) -> Value {
        let forward = self.0.percent(60);
        if self.0.percent(25) {
            return self.bills();
        }
        let mut query = match self.0.below(3) {
            0 => json!({ "IndexName": "open", "KeyConditionExpression": "open_shard = :shard AND #due < :now",
                "ExpressionAttributeNames": { "#due": "ask_at" },
                "ExpressionAttributeValues": { ":shard": { "S": "1" }, ":now": { "S": self.0.below(9).to_string() } } }),
            1 => json!({ "IndexName": "by_account", "KeyConditionExpression": "account_no = :account",
                "ExpressionAttributeValues": { ":account": { "S": "A1" } } }),
            _ => json!({ "KeyConditionExpression": "payment_no = :no",
                "ExpressionAttributeValues": { ":no": { "S": self.number() } } }),
        };
        query["TableName"] = json!("payments");
        query["ScanIndexForward"] = json!(forward);
        if self.0.percent(30) {
            query["Limit"] = json!(1 + self.0.below(3));
        }
        query
    }

    /// A part of a partition, by the sort key.
    fn bills(&mut self) -> Value {
        let condition = match self.0.below(3) {
            0 => "account_no = :account AND #item BETWEEN :from AND :until",
            1 => "account_no = :account AND begins_with(#item, :from)",
            _ => "account_no = :account AND #item >= :from",
        };
        let mut query = json!({ "TableName": "households", "KeyConditionExpression": condition,
            "ExpressionAttributeNames": { "#item": "item" },
            "ExpressionAttributeValues": { ":account": { "S": format!("A{}", self.0.below(2)) },
                ":from": { "S": format!("bill#{}", self.0.below(4)) } } });
        if condition.contains(":until") {
            query["ExpressionAttributeValues"][":until"] = json!({ "S": "household" });
        }
        query
    }

    fn bill(&mut self) -> Value {
        let item = json!({ "account_no": { "S": format!("A{}", self.0.below(2)) },
            "item": { "S": format!("bill#{}", self.0.below(4)) }, "version": { "N": self.0.below(3).to_string() } });
        let mut put = json!({ "TableName": "households", "Item": item });
        if self.0.percent(50) {
            put["ConditionExpression"] = json!("#version = :read");
            put["ExpressionAttributeNames"] = json!({ "#version": "version" });
            put["ExpressionAttributeValues"] = json!({ ":read": { "N": self.0.below(3).to_string() } });
        }
        put
    }

    fn transaction(&mut self) -> Value {
        let count = 1 + self.0.below(3);
        let parts: Vec<_> = (0..count)
            .map(|_| match self.0.below(3) {
                0 => json!({ "Put": self.put() }),
                1 => json!({ "Update": self.update() }),
                _ => json!({ "Put": { "TableName": "receipts", "Item": { "receipt_no": { "S": self.number() } },
                    "ConditionExpression": "attribute_not_exists(receipt_no)",
                    "ReturnValuesOnConditionCheckFailure": "ALL_OLD" } }),
            })
            .collect();
        json!({ "TransactItems": parts })
    }

    fn next(&mut self) -> (&'static str, Value) {
        match self.0.below(7) {
            0 => ("GetItem", json!({ "TableName": "payments", "Key": { "payment_no": { "S": self.number() } } })),
            1 => {
                let keys: Vec<_> = (0..3).map(|at| json!({ "payment_no": { "S": format!("P{at}") } })).collect();
                ("BatchGetItem", json!({ "RequestItems": { "payments": { "Keys": keys } } }))
            }
            2 => ("Query", self.query()),
            3 if self.0.percent(40) => ("PutItem", self.bill()),
            3 => ("PutItem", self.put()),
            4 => ("UpdateItem", self.update()),
            _ => ("TransactWriteItems", self.transaction()),
        }
    }
}

#[test]
fn the_tables_in_memory_answer_as_the_suites_engine() {
    let (database, mut tables, mut writer) = (dynoxide(), Tables::default(), Writer(Dice::of(7, 7)));
    for at in 0..OPERATIONS {
        let (operation, request) = writer.next();
        let ours = tables.call(operation, &request).map_err(|Refusal { kind, mut body }| {
            body["__type"] = json!(kind);
            body
        });
        let theirs = theirs(&database, operation, &request);
        assert_eq!(looked_at(ours), looked_at(theirs), "operation {at}: {operation} {request}");
    }
}

#[test]
fn what_is_not_played_is_refused_by_name() {
    let mut tables = Tables::default();
    for (operation, request) in [
        ("DescribeTable", json!({ "TableName": "payments" })),
        ("GetItem", json!({ "TableName": "payments", "Key": {} })),
        (
            "UpdateItem",
            json!({ "TableName": "payments", "Key": { "payment_no": { "S": "P" } }, "UpdateExpression": "DELETE a :b" }),
        ),
    ] {
        assert_eq!(tables.call(operation, &request).expect_err(operation).kind, "ValidationException");
    }
}
