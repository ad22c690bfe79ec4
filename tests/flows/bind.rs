//! A resident binds a household by what only its people know; whoever does not know it learns nothing.

use heatpay_tests::town::{Answer, Resident, Town};
use jiff::SignedDuration;
use serde_json::{Value, json};

async fn prove(resident: &Resident<'_>, proof: Value) -> Answer {
    resident.post("/api/households", proof).await
}

/// The answer's body without the request's number, which no two share.
fn told(answer: Answer) -> Value {
    let mut body = answer.expect(422);
    body.as_object_mut().expect("a problem").remove("request_id");
    body
}

#[tokio::test]
async fn a_household_is_bound_by_its_holders_name_and_four_digits_and_is_shown_masked() {
    let town = Town::billed().await;
    let somebody = town.somebody().await;
    let bound = prove(&somebody, town.proof(0)).await.expect(200);
    let household = &bound["households"][0];
    assert_eq!(household["account_no"], town.account(0));
    assert_eq!(household["holder"], "林*晨");
    assert!(!bound.to_string().contains(&town.households[0].household.holder));
}

#[tokio::test]
async fn binding_again_is_no_error() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let again = prove(&resident, town.proof(0)).await.expect(200);
    assert_eq!(again["households"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_wrong_name_wrong_digits_and_an_unknown_account_are_answered_alike() {
    let town = Town::billed().await;
    let right = town.proof(0);
    let somebody = town.somebody().await;
    let mut answers = Vec::new();
    for (field, value) in [("holder", "林晓明"), ("last4", "9999"), ("account_no", "9999999999")] {
        let mut proof = right.clone();
        proof[field] = json!(value);
        answers.push(told(prove(&somebody, proof).await));
    }
    assert_eq!(answers[0]["code"], "proof_mismatch");
    assert!(answers.iter().all(|answer| answer == &answers[0]), "{answers:?}");
}

#[tokio::test]
async fn the_holder_of_one_household_proves_no_other() {
    let town = Town::billed().await;
    let mut proof = town.proof(0);
    proof["account_no"] = json!(town.account(1));
    assert_eq!(prove(&town.somebody().await, proof).await.problem(422), "proof_mismatch");
}

#[tokio::test]
async fn a_resident_may_try_five_times_an_hour_right_or_wrong() {
    let town = Town::billed().await;
    let somebody = town.somebody().await;
    let mut wrong = town.proof(0);
    wrong["last4"] = json!("9999");
    for _ in 0..5 {
        prove(&somebody, wrong.clone()).await.expect(422);
    }
    let sixth = prove(&somebody, town.proof(0)).await;
    assert!(sixth.headers.contains_key("retry-after"));
    assert_eq!(sixth.problem(429), "too_many_requests");

    town.pass(SignedDuration::from_hours(1)).await;
    // His token is over too.
    let somebody = town.person(somebody.openid.as_deref().expect("he came through WeChat")).await;
    prove(&somebody, town.proof(0)).await.expect(200);
}

#[tokio::test]
async fn many_people_cannot_guess_at_one_account_together_whether_it_exists_or_not() {
    let town = Town::billed().await;
    for account in [town.account(0), "9999999999"] {
        let wrong = json!({ "account_no": account, "holder": "某人", "last4": "9999" });
        for _ in 0..10 {
            prove(&town.somebody().await, wrong.clone()).await.expect(422);
        }
        assert_eq!(prove(&town.somebody().await, wrong).await.problem(429), "too_many_requests", "{account}");
    }
}

#[tokio::test]
async fn whoever_has_not_bound_a_household_sees_nothing_of_it() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let other = town.account(1);
    for path in ["home", "bills", "bills/B2026S1000000002", "payments", "invoices"] {
        let answer = resident.get(&format!("/api/households/{other}/{path}")).await;
        assert_eq!(answer.problem(403), "household_not_bound", "{path}");
    }
    let body =
        json!({ "account_no": other, "bill_nos": ["B2026S1000000002"], "channel": "wechatpay", "scene": "jsapi" });
    assert_eq!(resident.start(body, "not-his-bill").await.problem(403), "household_not_bound");
}

#[tokio::test]
async fn who_unbinds_a_household_sees_it_no_more() {
    let town = Town::billed().await;
    let mut resident = town.resident_of(0).await;
    let left = resident.delete(&format!("/api/households/{}", town.account(0))).await.expect(200);
    assert!(left["households"].as_array().is_some_and(Vec::is_empty));
    resident.token = left["access_token"].as_str().expect("a token").to_owned();
    let home = resident.get(&format!("/api/households/{}/home", town.account(0))).await;
    assert_eq!(home.problem(403), "household_not_bound");
    assert!(resident.get("/api/households").await.expect(200)["households"].as_array().is_some_and(Vec::is_empty));
}

#[tokio::test]
async fn a_family_may_bind_the_same_household() {
    let town = Town::billed().await;
    let (mother, son) = (town.resident_of(0).await, town.resident_of(0).await);
    for resident in [mother, son] {
        resident.get(&format!("/api/households/{}/home", town.account(0))).await.expect(200);
    }
}
