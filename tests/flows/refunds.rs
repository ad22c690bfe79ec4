//! What a resident sees of money that goes back.

use heatpay_sandbox::{switches::Outage, wechatpay::RefundOutcome};
use heatpay_tests::town::{Resident, Town};
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};

async fn refunds(town: &Town, resident: &Resident<'_>, query: &str) -> Value {
    resident.get(&format!("/api/households/{}/refunds{query}", town.account(0))).await.expect(200)
}

/// He pays all that is open, and then the same order `times` times more.
async fn pays_too_often<'a>(town: &'a Town, times: usize) -> (Resident<'a>, String) {
    let resident = town.resident_of(0).await;
    let payment = resident.start_paying_all(town.account(0), "too-often").await;
    resident.pay_in_app(&payment);
    town.settle_down().await;
    let number = payment["payment_no"].as_str().expect("a number").to_owned();
    for _ in 0..times {
        town.pass(SignedDuration::from_secs(1)).await;
        town.world.parties.wechatpay.pay_again(&number).expect("money");
        town.settle_down().await;
    }
    (resident, number)
}

#[tokio::test]
async fn who_paid_twice_sees_the_second_payment_go_back_until_he_has_it() {
    let town = Town::billed().await;
    let (resident, payment_no) = pays_too_often(&town, 1).await;
    let under_way = refunds(&town, &resident, "").await;
    let paid = resident.get(&format!("/api/payments/{payment_no}")).await.expect(200);
    let shown = &under_way["items"][0];
    assert_eq!(shown["status"], "processing");
    assert_eq!(shown["payment_no"], payment_no.as_str());
    assert_eq!(shown["amount_fen"], paid["amount_fen"]);
    assert_eq!(shown["reason"], "供热费重复支付，多付款项原路退回");
    assert_eq!(shown["requested_at"], "2026-11-23T02:00:01Z");
    assert!(shown["refund_no"].as_str().is_some_and(|number| number.starts_with('R')));
    assert_eq!((shown.get("finished_at"), under_way.get("next")), (None, None));

    town.pass(SignedDuration::from_mins(5)).await;
    let done = refunds(&town, &resident, "").await;
    let shown = &done["items"][0];
    assert_eq!(shown["status"], "succeeded");
    assert!(shown["finished_at"].as_str().is_some_and(|at| at.starts_with("2026-11-23T02:0")), "{shown}");
    assert_eq!(done["items"].as_array().map(Vec::len), Some(1));
    town.assert_books_agree().await;
}

#[tokio::test]
async fn while_the_channel_is_down_the_refund_waits_and_is_shown() {
    let town = Town::billed().await;
    let (resident, payment_no) = pays_too_often(&town, 0).await;
    town.world.parties.wechatpay.pay_again(&payment_no).expect("money");
    town.world.parties.wechatpay.switches().set_outage(Outage::Down, None);
    town.settle_down().await;
    assert_eq!(refunds(&town, &resident, "").await["items"][0]["status"], "approved");
    town.world.parties.wechatpay.switches().set_outage(Outage::None, None);
    // Sent now, and a while later done.
    for _ in 0..2 {
        town.pass(SignedDuration::from_mins(5)).await;
    }
    assert_eq!(refunds(&town, &resident, "").await["items"][0]["status"], "succeeded");
}

#[tokio::test]
async fn a_refund_the_payers_card_cannot_take_is_not_shown_as_done() {
    let town = Town::billed().await;
    town.world.parties.wechatpay.set_refund_outcome(RefundOutcome::Abnormal);
    let (resident, _) = pays_too_often(&town, 1).await;
    town.pass(SignedDuration::from_mins(5)).await;
    let shown = &refunds(&town, &resident, "").await["items"][0];
    assert_eq!(shown["status"], "abnormal");
    assert_eq!(shown.get("finished_at"), None);
}

#[tokio::test]
async fn the_newest_refund_comes_first_page_by_page() {
    let town = Town::billed().await;
    let (resident, _) = pays_too_often(&town, 3).await;
    let all = refunds(&town, &resident, "").await;
    let moments: Vec<_> = all["items"].as_array().expect("a list").iter().map(|item| &item["requested_at"]).collect();
    assert_eq!(moments, ["2026-11-23T02:00:03Z", "2026-11-23T02:00:02Z", "2026-11-23T02:00:01Z"]);

    let first = refunds(&town, &resident, "?limit=2").await;
    let next = first["next"].as_str().expect("there is more");
    let second = refunds(&town, &resident, &format!("?limit=2&cursor={next}")).await;
    let paged = [&first, &second].into_iter().flat_map(|page| page["items"].as_array().expect("a list"));
    assert_eq!(paged.collect::<Vec<_>>(), all["items"].as_array().expect("a list").iter().collect::<Vec<_>>());
    assert_eq!(second.get("next"), None);
}

#[tokio::test]
async fn nobody_sees_the_refunds_of_a_household_that_is_not_his() {
    let town = Town::billed().await;
    let (resident, _) = pays_too_often(&town, 2).await;
    let path = format!("/api/households/{}/refunds", town.account(0));
    let neighbour = town.resident_of(1).await;
    assert_eq!(neighbour.get(&path).await.problem(403), "household_not_bound");
    assert_eq!(town.call(Method::GET, &path, None, None, &[]).await.problem(401), "signed_out");

    // Nor by where a page of that household ended.
    let page = refunds(&town, &resident, "?limit=1").await;
    let cursor = page["next"].as_str().expect("there is more");
    let own = format!("/api/households/{}/refunds", town.account(1));
    assert_eq!(neighbour.get(&format!("{own}?cursor={cursor}")).await.problem(400), "invalid_cursor");
    assert_eq!(neighbour.get(&own).await.expect(200), json!({ "items": [] }));
    for wrong in ["?limit=0", "?limit=101", "?limit=many"] {
        assert_eq!(neighbour.get(&format!("{own}{wrong}")).await.problem(400), "invalid_request", "{wrong}");
    }
}

#[tokio::test]
async fn money_that_belongs_to_no_household_goes_back_and_is_in_no_list() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let url = format!("{}/callbacks/wechatpay", town.world.base_url);
    town.world.parties.wechatpay.pay_unknown(500, &url).expect("money");
    town.settle_down().await;
    town.pass(SignedDuration::from_mins(5)).await;
    let books = town.books().await;
    assert_eq!(books.refunds.len(), 1);
    assert_eq!(books.refunds[0].status.name(), "succeeded");
    assert_eq!(refunds(&town, &resident, "").await, json!({ "items": [] }));
}
