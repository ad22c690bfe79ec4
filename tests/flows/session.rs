//! A resident signs in, goes on, and signs out.

use heatpay_tests::town::{Answer, Town};
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::json;

const PHONE: &str = "13800005678";

async fn ask_for_code(town: &Town, phone: &str) -> Answer {
    town.call(Method::POST, "/api/session/sms-codes", None, Some(json!({ "phone": phone })), &[]).await
}

/// The six digits that the phone got last.
fn code_on(town: &Town, phone: &str) -> String {
    let inbox = town.world.parties.aliyun_sms.inbox().expect("an inbox");
    let text = &inbox.iter().find(|message| message.phone == phone).expect("a message").text;
    let digits: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|digits| digits.len() == 6).collect();
    digits.first().expect("six digits").to_string()
}

async fn sign_in(town: &Town, phone: &str, code: &str) -> Answer {
    town.call(Method::POST, "/api/session/sms", None, Some(json!({ "phone": phone, "code": code })), &[]).await
}

async fn show_token(town: &Town, method: Method, path: &str, refresh_token: &str) -> Answer {
    town.call(method, path, None, Some(json!({ "refresh_token": refresh_token })), &[]).await
}

async fn refresh(town: &Town, token: &str) -> Answer {
    show_token(town, Method::POST, "/api/session/refresh", token).await
}

/// Another code than that one.
fn other_than(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

#[tokio::test]
async fn the_same_person_of_wechat_is_the_same_resident_and_another_is_another() {
    let town = Town::empty(1, None).await;
    let mut numbers = Vec::new();
    for openid in ["oAnna", "oAnna", "oBert"] {
        let code = town.world.parties.weixin.mint_login_code(openid).expect("a code");
        let body = Some(json!({ "code": code }));
        let session = town.call(Method::POST, "/api/session/weixin", None, body, &[]).await.expect(200);
        numbers.push(session["resident"]["resident_id"].clone());
    }
    assert_eq!(numbers[0], numbers[1]);
    assert_ne!(numbers[0], numbers[2]);
}

#[tokio::test]
async fn a_login_code_is_good_once() {
    let town = Town::empty(1, None).await;
    let code = town.world.parties.weixin.mint_login_code("oAnna").expect("a code");
    let ask = || town.call(Method::POST, "/api/session/weixin", None, Some(json!({ "code": code })), &[]);
    ask().await.expect(200);
    assert_eq!(ask().await.problem(422), "login_code_invalid");
}

#[tokio::test]
async fn while_wechat_is_busy_nobody_is_told_that_his_code_is_wrong() {
    let town = Town::empty(1, None).await;
    let code = town.world.parties.weixin.mint_login_code("oAnna").expect("a code");
    town.world.parties.weixin.answer_once("/sns/jscode2session", -1).expect("a sandbox");
    let answer = town.call(Method::POST, "/api/session/weixin", None, Some(json!({ "code": code })), &[]).await;
    assert!(answer.headers.contains_key("retry-after"));
    assert_eq!(answer.problem(503), "weixin_unavailable");
}

#[tokio::test]
async fn a_code_by_sms_signs_in_once() {
    let town = Town::empty(1, None).await;
    ask_for_code(&town, PHONE).await.expect(202);
    let code = code_on(&town, PHONE);
    let session = sign_in(&town, PHONE, &code).await.expect(200);
    assert!(session["resident"]["households"].as_array().is_some_and(Vec::is_empty));
    assert_eq!(sign_in(&town, PHONE, &code).await.problem(422), "sms_code_wrong");
}

#[tokio::test]
async fn the_same_number_is_the_same_resident() {
    let town = Town::empty(1, None).await;
    let mut numbers = Vec::new();
    for _ in 0..2 {
        ask_for_code(&town, PHONE).await.expect(202);
        let session = sign_in(&town, PHONE, &code_on(&town, PHONE)).await.expect(200);
        numbers.push(session["resident"]["resident_id"].clone());
        town.pass(SignedDuration::from_mins(1)).await;
    }
    assert_eq!(numbers[0], numbers[1]);
}

#[tokio::test]
async fn a_code_is_for_its_own_number() {
    let town = Town::empty(1, None).await;
    ask_for_code(&town, PHONE).await.expect(202);
    ask_for_code(&town, "13900005678").await.expect(202);
    let code = code_on(&town, PHONE);
    assert_ne!(code, code_on(&town, "13900005678"));
    assert_eq!(sign_in(&town, "13900005678", &code).await.problem(422), "sms_code_wrong");
}

#[tokio::test]
async fn a_code_may_be_guessed_five_times_and_then_is_worth_nothing() {
    let town = Town::empty(1, None).await;
    ask_for_code(&town, PHONE).await.expect(202);
    let code = code_on(&town, PHONE);
    for _ in 0..5 {
        assert_eq!(sign_in(&town, PHONE, other_than(&code)).await.problem(422), "sms_code_wrong");
    }
    assert_eq!(sign_in(&town, PHONE, &code).await.problem(422), "sms_code_wrong");
}

#[tokio::test]
async fn a_code_is_over_after_five_minutes() {
    let town = Town::empty(1, None).await;
    ask_for_code(&town, PHONE).await.expect(202);
    town.pass(SignedDuration::from_mins(5)).await;
    assert_eq!(sign_in(&town, PHONE, &code_on(&town, PHONE)).await.problem(422), "sms_code_wrong");
}

#[tokio::test]
async fn a_number_gets_one_code_a_minute_and_five_an_hour() {
    let town = Town::empty(1, None).await;
    ask_for_code(&town, PHONE).await.expect(202);
    let again = ask_for_code(&town, PHONE).await;
    assert_eq!(again.headers["retry-after"], "60");
    assert_eq!(again.problem(429), "too_many_requests");
    for _ in 0..4 {
        town.pass(SignedDuration::from_mins(1)).await;
        ask_for_code(&town, PHONE).await.expect(202);
    }
    town.pass(SignedDuration::from_mins(1)).await;
    assert_eq!(ask_for_code(&town, PHONE).await.problem(429), "too_many_requests");
    assert_eq!(town.world.parties.aliyun_sms.inbox().expect("an inbox").len(), 5);
    town.pass(SignedDuration::from_mins(60)).await;
    ask_for_code(&town, PHONE).await.expect(202);
}

#[tokio::test]
async fn one_address_cannot_have_codes_sent_without_end() {
    let town = Town::empty(1, None).await;
    for last in 0..60 {
        ask_for_code(&town, &format!("138000010{last:02}")).await.expect(202);
    }
    assert_eq!(ask_for_code(&town, "13800002000").await.problem(429), "too_many_requests");
}

#[tokio::test]
async fn what_is_no_mobile_number_gets_no_code() {
    let town = Town::empty(1, None).await;
    for phone in ["12345678901", "1380000567", "+8613800005678", "02412345678", ""] {
        assert_eq!(ask_for_code(&town, phone).await.problem(400), "invalid_request", "{phone}");
    }
    assert!(town.world.parties.aliyun_sms.inbox().expect("an inbox").is_empty());
}

#[tokio::test]
async fn a_refresh_gives_new_tokens_and_names_the_households() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let next = refresh(&town, &resident.refresh_token).await.expect(200);
    assert_ne!(next["refresh_token"], resident.refresh_token.as_str());
    let path = format!("/api/households/{}/home", town.account(0));
    town.call(Method::GET, &path, next["access_token"].as_str(), None, &[]).await.expect(200);
}

#[tokio::test]
async fn a_replaced_refresh_token_that_comes_again_later_ends_the_session() {
    let town = Town::empty(1, None).await;
    let resident = town.somebody().await;
    let next = refresh(&town, &resident.refresh_token).await.expect(200);
    town.pass(SignedDuration::from_secs(31)).await;
    assert_eq!(refresh(&town, &resident.refresh_token).await.problem(401), "signed_out");
    assert_eq!(refresh(&town, next["refresh_token"].as_str().expect("a token")).await.problem(401), "signed_out");
}

#[tokio::test]
async fn whoever_signed_out_cannot_go_on() {
    let town = Town::empty(1, None).await;
    let resident = town.somebody().await;
    let sign_out = || show_token(&town, Method::DELETE, "/api/session", &resident.refresh_token);
    sign_out().await.expect(204);
    sign_out().await.expect(204);
    assert_eq!(refresh(&town, &resident.refresh_token).await.problem(401), "signed_out");
}

#[tokio::test]
async fn an_access_token_is_over_after_half_an_hour_and_no_other_is_taken() {
    let town = Town::empty(1, None).await;
    let mut resident = town.somebody().await;
    resident.get("/api/households").await.expect(200);
    town.pass(SignedDuration::from_mins(30)).await;
    assert_eq!(resident.get("/api/households").await.problem(401), "signed_out");
    for token in ["", "x", "a.b.c"] {
        resident.token = token.to_owned();
        assert_eq!(resident.get("/api/households").await.problem(401), "signed_out", "{token}");
    }
}
