//! The operation log tells who did what, and shows when somebody changed it.

use heatpay_domain::staff::Role;
use heatpay_tests::town::{StaffMember, Town};
use serde_json::{Value, json};

/// The first administrator enters a cashier, changes and disables him: four entries of his, two of the cashier's.
async fn a_mornings_work(town: &Town) -> (StaffMember<'_>, String) {
    let first = town.first_administrator().await;
    let cashier = first.enters("zhang.san", &[Role::Cashier]).await;
    let path = format!("/api/staff/members/{}", cashier.staff_no);
    let rights = json!({ "name": "张三丰", "roles": ["cashier", "viewer"], "branches": { "only": ["和平分公司"] } });
    first.put(&path, json!({ "rights": rights, "version": 2 })).await.expect(200);
    first.post(&format!("{path}/disable"), Value::Null).await.expect(200);
    (first, cashier.staff_no)
}

fn done(page: &Value) -> Vec<&str> {
    page["items"].as_array().into_iter().flatten().filter_map(|entry| entry["what"].as_str()).collect()
}

async fn verified(reader: &StaffMember<'_>, from: u64) -> Value {
    let path = format!("/api/staff/operations/verification?staff_no={}&from={from}", reader.staff_no);
    reader.get(&path).await.expect(200)
}

#[tokio::test]
async fn the_log_is_read_by_person_by_object_and_by_day() {
    let town = Town::empty(1, None).await;
    let (first, cashier) = a_mornings_work(&town).await;
    let of_staff = first.get(&format!("/api/staff/operations?staff_no={}", first.staff_no)).await.expect(200);
    assert_eq!(done(&of_staff), ["disable_staff", "change_staff", "enter_staff", "enrol", "enter_first_administrator"]);
    let of_object = first.get(&format!("/api/staff/operations?object=staff%23{cashier}")).await.expect(200);
    let mut whats = done(&of_object);
    whats.sort_unstable();
    assert_eq!(whats, ["change_staff", "disable_staff", "enrol", "enter_staff"]);
    let of_day = first.get("/api/staff/operations?day=2026-11-23").await.expect(200);
    assert_eq!(done(&of_day).len(), 6);
    assert!(done(&first.get("/api/staff/operations?day=2026-11-22").await.expect(200)).is_empty());
    assert_eq!(first.get("/api/staff/operations").await.problem(400), "invalid_request");
}

#[tokio::test]
async fn an_entry_has_the_values_before_and_after_with_the_name_masked() {
    let town = Town::empty(1, None).await;
    let (first, _) = a_mornings_work(&town).await;
    let page = first.get(&format!("/api/staff/operations?staff_no={}", first.staff_no)).await.expect(200);
    let change = &page["items"][1];
    assert_eq!(change["before"]["name"], "林*晨");
    assert_eq!(change["after"]["name"], "张*丰");
    assert_eq!(change["before"]["roles"], json!(["cashier"]));
    assert_eq!(change["after"]["branches"], json!({ "only": ["和平分公司"] }));
    assert!(change["request_id"].as_str().is_some_and(|id| id.starts_with("Root=")), "{change}");
}

#[tokio::test]
async fn the_log_comes_in_pages() {
    let town = Town::empty(1, None).await;
    let (first, _) = a_mornings_work(&town).await;
    for which in [format!("staff_no={}", first.staff_no), "day=2026-11-23".to_owned()] {
        let whole = first.get(&format!("/api/staff/operations?{which}")).await.expect(200);
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = first.get(&format!("/api/staff/operations?{which}&limit=2{cursor}")).await.expect(200);
            seen.extend(page["items"].as_array().expect("items").clone());
            let Some(next) = page["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(json!(seen), whole["items"], "{which}");
        let other = first.get(&format!("/api/staff/operations?object=staff%23E0000000{cursor}")).await;
        assert_eq!(other.problem(400), "invalid_cursor");
    }
}

#[tokio::test]
async fn a_chain_is_whole_until_somebody_touches_the_table() {
    let town = Town::empty(1, None).await;
    let (first, _) = a_mornings_work(&town).await;
    assert_eq!(verified(&first, 1).await, json!({ "whole": 5, "broken": null }));
    assert_eq!(verified(&first, 4).await, json!({ "whole": 2, "broken": null }));

    town.rewrite_operation(&first.staff_no, "000000000003", "after", "{}").await;
    assert_eq!(verified(&first, 1).await, json!({ "whole": 2, "broken": { "seq": 3, "how": "altered" } }));
}

#[tokio::test]
async fn an_entry_that_somebody_removed_is_missed() {
    for (entry, seq) in [("000000000002", 2), ("000000000005", 5)] {
        let town = Town::empty(1, None).await;
        let (first, _) = a_mornings_work(&town).await;
        town.remove_operation(&first.staff_no, entry).await;
        assert_eq!(verified(&first, 1).await["broken"], json!({ "seq": seq, "how": "missing" }));
    }
}

#[tokio::test]
async fn who_is_limited_to_a_branch_sees_only_its_operations() {
    let town = Town::empty(1, None).await;
    let first = town.first_administrator().await;
    let here = heatpay_domain::staff::BranchName::parse("和平分公司").expect("a branch");
    let branches = heatpay_domain::staff::Branches::Only([here].into());
    let finance = first.enters_in("heping.finance", &[Role::Finance], &branches).await;
    let seen = finance.get("/api/staff/operations?day=2026-11-23").await.expect(200);
    assert!(done(&seen).is_empty(), "staff matters belong to no branch: {seen}");
}
