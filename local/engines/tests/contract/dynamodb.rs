use crate::world::World;
use aws_sdk_dynamodb::types::{AttributeValue, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem};
use heatpay_engines::{TableError, TableSpec};
use serde_json::json;
use std::collections::HashMap;

pub(crate) fn bills() -> TableSpec {
    let properties = json!({
        "TableName": "Bills",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            { "AttributeName": "account", "AttributeType": "S" },
            { "AttributeName": "item", "AttributeType": "S" },
            { "AttributeName": "open_shard", "AttributeType": "S" },
            { "AttributeName": "due", "AttributeType": "S" }
        ],
        "KeySchema": [
            { "AttributeName": "account", "KeyType": "HASH" },
            { "AttributeName": "item", "KeyType": "RANGE" }
        ],
        "GlobalSecondaryIndexes": [{
            "IndexName": "open",
            "KeySchema": [
                { "AttributeName": "open_shard", "KeyType": "HASH" },
                { "AttributeName": "due", "KeyType": "RANGE" }
            ],
            "Projection": { "ProjectionType": "ALL" }
        }],
        "TimeToLiveSpecification": { "AttributeName": "expires_at", "Enabled": true },
        "PointInTimeRecoverySpecification": { "PointInTimeRecoveryEnabled": true },
        "SSESpecification": { "SSEEnabled": true }
    });
    TableSpec { name: "Bills".to_owned(), properties }
}

pub(crate) fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

pub(crate) fn bill(account: &str, item: &str, due: Option<&str>) -> HashMap<String, AttributeValue> {
    let mut bill = HashMap::from([("account".to_owned(), s(account)), ("item".to_owned(), s(item))]);
    if let Some(due) = due {
        bill.extend([("open_shard".to_owned(), s("0")), ("due".to_owned(), s(due))]);
    }
    bill
}

pub(crate) fn put_if_absent(account: &str, item: &str) -> TransactWriteItem {
    let put = Put::builder()
        .table_name("Bills")
        .set_item(Some(bill(account, item, None)))
        .condition_expression("attribute_not_exists(account)")
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    TransactWriteItem::builder().put(put.build().unwrap()).build()
}

#[tokio::test]
async fn a_table_is_made_once_and_not_silently_changed() {
    let data = tempfile::tempdir().unwrap();
    let world = World::at(data.path()).await;
    world.engines.dynamodb.create_tables(&[bills()]).unwrap();
    world.dynamodb.put_item().table_name("Bills").set_item(Some(bill("1", "a", None))).send().await.unwrap();
    drop(world);

    let world = World::at(data.path()).await;
    world.engines.dynamodb.create_tables(&[bills()]).unwrap();
    let kept = world.dynamodb.get_item().table_name("Bills").set_key(Some(bill("1", "a", None))).send().await.unwrap();
    assert!(kept.item.is_some(), "survives the end of the process");

    let mut other = bills();
    other.properties["KeySchema"].as_array_mut().unwrap().pop();
    let changed = world.engines.dynamodb.create_tables(&[other]).unwrap_err();
    assert!(matches!(&changed, TableError::Differs { table, what } if table == "Bills" && what == "key"), "{changed}");
    let mut other = bills();
    other.properties["TimeToLiveSpecification"]["AttributeName"] = json!("other");
    let changed = world.engines.dynamodb.create_tables(&[other]).unwrap_err();
    assert!(matches!(&changed, TableError::Differs { what, .. } if what == "TTL attribute"), "{changed}");
}

#[tokio::test]
async fn a_conditional_put_fails_with_the_item_that_was_there() {
    let world = World::in_memory().await;
    world.engines.dynamodb.create_tables(&[bills()]).unwrap();
    let put = || {
        let put = world.dynamodb.put_item().table_name("Bills").set_item(Some(bill("1", "a", None)));
        let put = put.condition_expression("attribute_not_exists(account)");
        put.return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld).send()
    };
    put().await.unwrap();
    let failed = put().await.unwrap_err().into_service_error();
    match failed {
        aws_sdk_dynamodb::operation::put_item::PutItemError::ConditionalCheckFailedException(failed) => {
            assert_eq!(failed.item.unwrap(), bill("1", "a", None));
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_transaction_is_all_or_nothing_and_says_which_item_stopped_it() {
    let world = World::in_memory().await;
    world.engines.dynamodb.create_tables(&[bills()]).unwrap();
    world.dynamodb.put_item().table_name("Bills").set_item(Some(bill("2", "b", None))).send().await.unwrap();
    let both = vec![put_if_absent("1", "a"), put_if_absent("2", "b")];
    let failed = world.dynamodb.transact_write_items().set_transact_items(Some(both)).send().await.unwrap_err();
    match failed.into_service_error() {
        aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError::TransactionCanceledException(e) => {
            let reasons = e.cancellation_reasons();
            assert_eq!(
                reasons.iter().map(|r| r.code().unwrap()).collect::<Vec<_>>(),
                ["None", "ConditionalCheckFailed"]
            );
            assert_eq!(reasons[1].item().unwrap(), &bill("2", "b", None));
        }
        other => panic!("{other:?}"),
    }
    let first = world.dynamodb.get_item().table_name("Bills").set_key(Some(bill("1", "a", None))).send().await.unwrap();
    assert!(first.item.is_none());
}

#[tokio::test]
async fn a_sparse_index_holds_only_what_has_its_key_and_in_order() {
    let world = World::in_memory().await;
    world.engines.dynamodb.create_tables(&[bills()]).unwrap();
    for (item, due) in [("a", Some("2026-12-31")), ("b", None), ("c", Some("2026-11-30"))] {
        world.dynamodb.put_item().table_name("Bills").set_item(Some(bill("1", item, due))).send().await.unwrap();
    }
    let query =
        world.dynamodb.query().table_name("Bills").index_name("open").key_condition_expression("open_shard = :s");
    let found = query.expression_attribute_values(":s", s("0")).send().await.unwrap();
    let items: Vec<&str> = found.items().iter().map(|i| i["item"].as_s().unwrap().as_str()).collect();
    assert_eq!(items, ["c", "a"]);
}

#[tokio::test]
async fn what_is_past_its_ttl_is_swept_by_the_clock_in_hand() {
    let world = World::in_memory().await;
    world.engines.dynamodb.create_tables(&[bills()]).unwrap();
    let mut item = bill("1", "a", None);
    item.insert("expires_at".to_owned(), AttributeValue::N("1794700860".to_owned()));
    world.dynamodb.put_item().table_name("Bills").set_item(Some(item)).send().await.unwrap();
    assert_eq!(world.engines.dynamodb.sweep_expired().unwrap(), 0);
    world.pass(61);
    assert_eq!(world.engines.dynamodb.sweep_expired().unwrap(), 1);
}
