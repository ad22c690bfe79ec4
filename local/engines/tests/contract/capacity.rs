//! Every call tells the request units it took, so that they can be counted where they arise.

use crate::{
    dynamodb::{bill, bills, put_if_absent, s},
    world::World,
};
use aws_sdk_dynamodb::types::{
    ConsumedCapacity, Get, KeysAndAttributes, PutRequest, ReturnConsumedCapacity::Indexes, TransactGetItem,
    WriteRequest,
};

fn units(took: Option<&ConsumedCapacity>) -> f64 {
    took.and_then(ConsumedCapacity::capacity_units).expect("tells its units")
}

async fn world() -> World {
    let world = World::in_memory().await;
    world.engines.dynamodb.create_tables(&[bills()]).unwrap();
    world
}

#[tokio::test]
async fn writing_takes_one_unit_for_the_table_and_one_for_each_index_touched() {
    let world = world().await;
    let db = &world.dynamodb;
    let open = bill("1", "a", Some("2026-12-31"));
    let put =
        db.put_item().table_name("Bills").set_item(Some(open)).return_consumed_capacity(Indexes).send().await.unwrap();
    assert_eq!(units(put.consumed_capacity()), 2.0);
    let indexes = put.consumed_capacity().and_then(ConsumedCapacity::global_secondary_indexes).unwrap();
    assert_eq!(indexes["open"].capacity_units(), Some(1.0));

    let update = db.update_item().table_name("Bills").set_key(Some(bill("1", "a", None)));
    let update = update.update_expression("REMOVE due").return_consumed_capacity(Indexes).send().await.unwrap();
    assert_eq!(units(update.consumed_capacity()), 2.0, "leaves the index");
    let delete = db.delete_item().table_name("Bills").set_key(Some(bill("1", "a", None)));
    let delete = delete.return_consumed_capacity(Indexes).send().await.unwrap();
    assert_eq!(units(delete.consumed_capacity()), 1.0);

    let put = PutRequest::builder().set_item(Some(bill("2", "a", None))).build().unwrap();
    let writes = vec![WriteRequest::builder().put_request(put).build()];
    let batch =
        db.batch_write_item().request_items("Bills", writes).return_consumed_capacity(Indexes).send().await.unwrap();
    assert_eq!(units(batch.consumed_capacity().first()), 1.0);
}

#[tokio::test]
async fn a_transaction_takes_twice_as_much() {
    let world = world().await;
    let items = vec![put_if_absent("3", "a"), put_if_absent("4", "a")];
    let call = || world.dynamodb.transact_write_items().set_transact_items(Some(items.clone()));
    let took = call().return_consumed_capacity(Indexes).send().await.unwrap();
    assert_eq!(units(took.consumed_capacity().first()), 4.0);

    let get = Get::builder().table_name("Bills").set_key(Some(bill("3", "a", None))).build().unwrap();
    let get = TransactGetItem::builder().get(get).build();
    let took = world.dynamodb.transact_get_items().transact_items(get).return_consumed_capacity(Indexes);
    assert_eq!(units(took.send().await.unwrap().consumed_capacity().first()), 2.0);
}

#[tokio::test]
async fn reading_takes_half_a_unit_and_a_whole_one_when_it_must_be_the_latest() {
    let world = world().await;
    let db = &world.dynamodb;
    db.put_item().table_name("Bills").set_item(Some(bill("1", "a", Some("2026-12-31")))).send().await.unwrap();
    let key = bill("1", "a", None);
    let get = |latest| {
        let get = db.get_item().table_name("Bills").set_key(Some(key.clone())).consistent_read(latest);
        get.return_consumed_capacity(Indexes).send()
    };
    assert_eq!(units(get(false).await.unwrap().consumed_capacity()), 0.5);
    assert_eq!(units(get(true).await.unwrap().consumed_capacity()), 1.0);

    let query = db.query().table_name("Bills").index_name("open").key_condition_expression("open_shard = :s");
    let query = query.expression_attribute_values(":s", s("0")).return_consumed_capacity(Indexes).send().await.unwrap();
    assert_eq!(units(query.consumed_capacity()), 0.5);
    let scan = db.scan().table_name("Bills").return_consumed_capacity(Indexes).send().await.unwrap();
    assert_eq!(units(scan.consumed_capacity()), 0.5);
    let keys = KeysAndAttributes::builder().keys(key.clone()).build().unwrap();
    let batch =
        db.batch_get_item().request_items("Bills", keys).return_consumed_capacity(Indexes).send().await.unwrap();
    assert_eq!(units(batch.consumed_capacity().first()), 0.5);
}
