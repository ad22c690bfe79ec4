//! A resident looks up what he owes, and why.

use heatpay_tests::town::Town;
use serde_json::Value;

/// All pages of a listing of one a page: its items in order.
async fn paged(resident: &heatpay_tests::town::Resident<'_>, path: &str, items: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut cursor = String::new();
    for _ in 0..20 {
        let page = resident.get(&format!("{path}?limit=1{cursor}")).await.expect(200);
        found.extend(page[items].as_array().expect("a list").iter().cloned());
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
    panic!("the listing {path} has no end");
}

#[tokio::test]
async fn the_home_page_shows_what_is_due_and_masks_who_lives_there() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let home = resident.get(&format!("/api/households/{}/home", town.account(0))).await.expect(200);
    assert_eq!(home["due"]["total_fen"], 223_800);
    assert_eq!(home["season"], "2026-2027");
    assert_eq!(home["household"]["holder"], "林*晨");
    assert_eq!(home["household"]["areas"]["gross"], "89.52");
    assert_eq!(home["open_payment"], Value::Null);
    let household = &town.households[0].household;
    for private in [&household.holder, household.phone.as_ref().expect("a phone")] {
        assert!(!home.to_string().contains(private.as_str()), "{private} is shown");
    }
}

#[tokio::test]
async fn a_bill_tells_how_each_figure_came_about() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let account = town.account(0);
    let bill = resident.get(&format!("/api/households/{account}/bills/B2026S{account}")).await.expect(200);
    let lines = bill["lines"].as_array().expect("lines");
    assert_eq!(lines.iter().filter_map(|line| line["amount_fen"].as_i64()).sum::<i64>(), 223_800);
    assert!(lines.iter().all(|line| line["explanation"].as_str().is_some_and(|text| !text.is_empty())));
    let missing = resident.get(&format!("/api/households/{account}/bills/B2019S{account}")).await;
    assert_eq!(missing.problem(404), "not_found");
}

#[tokio::test]
async fn the_bills_come_in_pages_each_once_newest_first() {
    let town = Town::billed().await;
    let resident = town.resident_of(1).await;
    let path = format!("/api/households/{}/bills", town.account(1));
    let seasons: Vec<Value> =
        paged(&resident, &path, "bills").await.iter().map(|bill| bill["season"].clone()).collect();
    assert_eq!(seasons, ["2026-2027", "2025-2026", "2024-2025"]);
    let of_one = resident.get(&format!("{path}?season=2025")).await.expect(200);
    assert_eq!(of_one["bills"].as_array().map(Vec::len), Some(1));
    assert_eq!(of_one["bills"][0]["season"], "2025-2026");
}

#[tokio::test]
async fn the_payments_come_in_pages_each_once_newest_first() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let account = town.account(0);
    let mut made = Vec::new();
    for key in ["the-first-key", "the-second-key", "the-third-key"] {
        town.pass(jiff::SignedDuration::from_secs(1)).await;
        let payment = resident.start_paying_all(account, key).await;
        let number = payment["payment_no"].as_str().expect("a number").to_owned();
        resident.post(&format!("/api/payments/{number}/cancel"), Value::Null).await.expect(200);
        made.insert(0, Value::String(number));
    }
    let path = format!("/api/households/{account}/payments");
    let shown: Vec<Value> =
        paged(&resident, &path, "payments").await.iter().map(|payment| payment["payment_no"].clone()).collect();
    assert_eq!(shown, made);
}

#[tokio::test]
async fn a_cursor_that_no_page_gave_is_refused() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let neighbour = town.resident_of(1).await;
    let theirs = neighbour.get(&format!("/api/households/{}/bills?limit=1", town.account(1))).await.expect(200);
    let theirs = theirs["next"].as_str().expect("the neighbour owes three bills");
    // {"account_no":"1000000001"} and no more; then {}.
    for cursor in [theirs, "eyJhY2NvdW50X25vIjoiMTAwMDAwMDAwMSJ9", "e30", "forged", "%00", ""] {
        for listing in ["bills", "payments", "invoices"] {
            let path = format!("/api/households/{}/{listing}?cursor={cursor}", town.account(0));
            assert_eq!(resident.get(&path).await.problem(400), "invalid_cursor", "{listing} {cursor}");
        }
    }
}

#[tokio::test]
async fn a_page_has_at_least_one_and_not_too_many() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    for listing in ["bills", "payments", "invoices"] {
        for limit in ["0", "-1", "101", "many", "99999999999"] {
            let path = format!("/api/households/{}/{listing}?limit={limit}", town.account(0));
            assert_eq!(resident.get(&path).await.problem(400), "invalid_request", "{listing} {limit}");
        }
    }
}
