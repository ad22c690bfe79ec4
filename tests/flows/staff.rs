//! The company's people come in, sign in, and go.

use heatpay_domain::staff::{BranchName, Branches, Role};
use heatpay_tests::town::{PASSWORD, Town};
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The next code of everybody's authenticator.
async fn half_a_minute(town: &Town) {
    town.pass(SignedDuration::from_secs(30)).await;
}

fn rights(roles: &[Role], branches: Value) -> Value {
    json!({ "name": "林晓晨", "roles": roles, "branches": branches })
}

fn only(branch: &str) -> Branches {
    Branches::Only(BTreeSet::from([BranchName::parse(branch).expect("a branch")]))
}

#[tokio::test]
async fn the_one_time_secret_makes_one_administrator() {
    let town = Town::empty(1, None).await;
    let wanted = |secret: &str| json!({ "secret": secret, "login_name": "admin", "name": "王建国" });
    let path = "/api/staff/first-administrator";
    assert_eq!(town.ask(Method::POST, path, wanted(&"x".repeat(48))).await.problem(422), "secret_wrong");
    let secret = town.first_administrator_secret().await;
    let lost = town.ask(Method::POST, path, wanted(&secret)).await.expect(201);
    let invited = town.ask(Method::POST, path, wanted(&secret)).await.expect(201);
    assert_eq!(lost["staff"]["staff_no"], invited["staff"]["staff_no"]);
    assert_ne!(lost["enrolment_code"], invited["enrolment_code"]);
    let first = town.enrol(&invited).await;
    let account = first.get("/api/staff/account").await.expect(200);
    assert_eq!(account["roles"], json!(["administrator"]));
    assert_eq!(account["branches"], json!("all"));
    assert_eq!(town.ask(Method::POST, path, wanted(&secret)).await.problem(409), "already_set_up");
}

#[tokio::test]
async fn a_code_enrols_once_and_not_after_three_days() {
    let town = Town::empty(1, None).await;
    let first = town.first_administrator().await;
    let wanted = json!({ "login_name": "zhang.san", "rights": rights(&[Role::Cashier], json!("all")) });
    let invited = first.post("/api/staff/members", wanted.clone()).await.expect(201);
    assert_eq!(first.post("/api/staff/members", wanted).await.problem(409), "login_taken");
    town.enrol(&invited).await;
    let again = json!({ "login_name": "zhang.san", "enrolment_code": invited["enrolment_code"], "password": PASSWORD });
    assert_eq!(town.ask(Method::POST, "/api/staff/enrolment", again).await.problem(422), "enrolment_failed");

    let wanted = json!({ "login_name": "li.si", "rights": rights(&[Role::Cashier], json!("all")) });
    let invited = first.post("/api/staff/members", wanted).await.expect(201);
    town.pass(SignedDuration::from_hours(72)).await;
    let late = json!({ "login_name": "li.si", "enrolment_code": invited["enrolment_code"], "password": PASSWORD });
    assert_eq!(town.ask(Method::POST, "/api/staff/enrolment", late).await.problem(422), "enrolment_failed");
}

#[tokio::test]
async fn signing_in_takes_the_password_and_a_code_that_was_not_used() {
    let town = Town::empty(1, None).await;
    let person = town.first_administrator().await;
    assert_eq!(person.sign_in(PASSWORD).await.problem(422), "sign_in_failed", "the code that confirmed the enrolment");
    half_a_minute(&town).await;
    assert_eq!(person.sign_in("another long sentence").await.problem(422), "sign_in_failed");
    let session = person.sign_in(PASSWORD).await.expect(200);
    assert_eq!(session["expires_in"], 600);
    assert_eq!(person.sign_in(PASSWORD).await.problem(422), "sign_in_failed", "the same code again");
    half_a_minute(&town).await;
    let person = person.again().await;
    let log = person.get(&format!("/api/staff/operations?staff_no={}", person.staff_no)).await.expect(200);
    let signed_in = log["items"].as_array().expect("a list").iter().filter(|entry| entry["what"] == "sign_in");
    let wrong: Vec<_> = signed_in.map(|entry| entry["after"]["wrong_tries"].as_u64()).collect();
    assert_eq!(wrong, [Some(1), Some(2)], "newest first");
}

#[tokio::test]
async fn whoever_guesses_waits_longer_each_time_and_cannot_tell_whom_there_is() {
    let town = Town::empty(1, None).await;
    let person = town.first_administrator().await;
    let guess = |name: &'static str| {
        let shown = json!({ "login_name": name, "password": "a wrong sentence", "totp_code": "000000" });
        town.ask(Method::POST, "/api/staff/session", shown)
    };
    for name in ["first.administrator", "nobody.there"] {
        for _ in 0..5 {
            assert_eq!(guess(name).await.problem(422), "sign_in_failed", "{name}");
        }
        let locked = guess(name).await;
        assert_eq!(locked.headers["retry-after"], "60");
        assert_eq!(locked.problem(429), "too_many_requests", "{name}");
    }
    assert_eq!(person.sign_in(PASSWORD).await.problem(429), "too_many_requests");
    town.pass(SignedDuration::from_mins(1)).await;
    assert_eq!(guess("first.administrator").await.problem(422), "sign_in_failed");
    assert_eq!(guess("first.administrator").await.headers["retry-after"], "120");
    town.pass(SignedDuration::from_mins(2)).await;
    person.sign_in(PASSWORD).await.expect(200);
    assert_eq!(guess("first.administrator").await.problem(422), "sign_in_failed", "the count begins anew");
}

#[tokio::test]
async fn a_session_goes_on_by_its_newest_token_until_the_day_is_over() {
    let town = Town::empty(1, None).await;
    let mut person = town.first_administrator().await;
    let stolen = person.refresh_token.clone();
    for _ in 0..11 {
        town.pass(SignedDuration::from_hours(1)).await;
        let next = person.refresh().await.expect(200);
        person.refresh_token = next["refresh_token"].as_str().expect("a token").to_owned();
    }
    town.pass(SignedDuration::from_hours(1)).await;
    assert_eq!(person.refresh().await.problem(401), "signed_out", "twelve hours");

    half_a_minute(&town).await;
    let session = person.sign_in(PASSWORD).await.expect(200);
    let mut again = town.member(&session, person.totp.clone());
    let first = again.refresh_token.clone();
    let next = again.refresh().await.expect(200);
    town.pass(SignedDuration::from_secs(31)).await;
    again.refresh_token = first;
    assert_eq!(again.refresh().await.problem(401), "signed_out", "it was copied");
    again.refresh_token = next["refresh_token"].as_str().expect("a token").to_owned();
    assert_eq!(again.refresh().await.problem(401), "signed_out", "so the session is over");
    again.refresh_token = stolen;
    assert_eq!(again.refresh().await.problem(401), "signed_out");
}

#[tokio::test]
async fn an_access_token_is_over_after_ten_minutes_and_a_session_after_two_idle_hours() {
    let town = Town::empty(1, None).await;
    let person = town.first_administrator().await;
    person.get("/api/staff/account").await.expect(200);
    town.pass(SignedDuration::from_mins(10)).await;
    assert_eq!(person.get("/api/staff/account").await.problem(401), "signed_out");
    town.pass(SignedDuration::from_mins(110)).await;
    assert_eq!(person.refresh().await.problem(401), "signed_out");
}

#[tokio::test]
async fn whoever_signed_out_changes_nothing_from_that_moment_on() {
    let town = Town::empty(1, None).await;
    let person = town.first_administrator().await;
    let shown = json!({ "refresh_token": person.refresh_token });
    town.ask(Method::DELETE, "/api/staff/session", shown).await.expect(204);
    let wanted = json!({ "login_name": "zhang.san", "rights": rights(&[Role::Cashier], json!("all")) });
    assert_eq!(person.post("/api/staff/members", wanted).await.problem(401), "signed_out");
    assert_eq!(person.refresh().await.problem(401), "signed_out");
}

#[tokio::test]
async fn roles_that_are_taken_away_end_the_session_at_once_where_it_matters() {
    let town = Town::empty(1, None).await;
    let first = town.first_administrator().await;
    let second = first.enters("second", &[Role::Administrator]).await;
    let path = format!("/api/staff/members/{}", second.staff_no);
    let change = json!({ "rights": rights(&[Role::Viewer], json!({ "only": ["和平分公司"] })), "version": 2 });
    let changed = first.put(&path, change.clone()).await.expect(200);
    assert_eq!(changed["roles"], json!(["viewer"]));
    assert_eq!(first.put(&path, change).await.problem(409), "changed_meanwhile");
    let wanted = json!({ "login_name": "zhang.san", "rights": rights(&[Role::Cashier], json!("all")) });
    assert_eq!(second.post("/api/staff/members", wanted.clone()).await.problem(401), "signed_out");
    assert_eq!(second.refresh().await.problem(401), "signed_out");
    half_a_minute(&town).await;
    let session = second.sign_in(PASSWORD).await.expect(200);
    let now = town.member(&session, second.totp.clone());
    assert_eq!(now.post("/api/staff/members", wanted).await.problem(403), "forbidden");
}

#[tokio::test]
async fn whoever_is_disabled_is_out_and_comes_back_with_a_new_code() {
    let town = Town::empty(1, None).await;
    let first = town.first_administrator().await;
    let cashier = first.enters("zhang.san", &[Role::Cashier]).await;
    let path = format!("/api/staff/members/{}", cashier.staff_no);
    let disabled = first.post(&format!("{path}/disable"), Value::Null).await.expect(200);
    assert_eq!(disabled["status"], "disabled");
    assert_eq!(first.post(&format!("{path}/disable"), Value::Null).await.problem(409), "already_disabled");
    assert_eq!(cashier.refresh().await.problem(401), "signed_out");
    half_a_minute(&town).await;
    assert_eq!(cashier.sign_in(PASSWORD).await.problem(422), "sign_in_failed");
    let invited = first.post(&format!("{path}/reset"), Value::Null).await.expect(200);
    assert_eq!(cashier.sign_in(PASSWORD).await.problem(422), "sign_in_failed", "the password of before is forgotten");
    let back = town.enrol(&invited).await;
    assert_eq!(back.staff_no, cashier.staff_no);
    back.get("/api/staff/account").await.expect(200);
}

#[tokio::test]
async fn nobody_changes_himself_or_gives_more_branches_than_he_has() {
    let town = Town::empty(1, None).await;
    let first = town.first_administrator().await;
    let own = format!("/api/staff/members/{}", first.staff_no);
    assert_eq!(first.post(&format!("{own}/disable"), Value::Null).await.problem(403), "own_rights");
    let here = first.enters_in("heping.admin", &[Role::Administrator], &only("和平分公司")).await;
    let wanted = |branches: Value| json!({ "login_name": "li.si", "rights": rights(&[Role::Cashier], branches) });
    assert_eq!(here.post("/api/staff/members", wanted(json!("all"))).await.problem(403), "other_branch");
    let other = json!({ "only": ["河西分公司"] });
    assert_eq!(here.post("/api/staff/members", wanted(other)).await.problem(403), "other_branch");
    assert_eq!(here.post(&format!("{own}/reset"), Value::Null).await.problem(403), "other_branch");
    here.post("/api/staff/members", wanted(json!({ "only": ["和平分公司"] }))).await.expect(201);
    let seen = here.get("/api/staff/members").await.expect(200);
    assert_eq!(seen["items"].as_array().map(Vec::len), Some(2), "{seen}");
    let all = first.get("/api/staff/members?limit=2").await.expect(200);
    let next = all["next"].as_str().expect("a page more");
    let rest = first.get(&format!("/api/staff/members?limit=2&cursor={next}")).await.expect(200);
    assert_eq!(rest["items"].as_array().map(Vec::len), Some(1), "{rest}");
}

#[tokio::test]
async fn a_changed_password_ends_every_session_and_starts_a_new_one() {
    let town = Town::empty(1, None).await;
    let person = town.first_administrator().await;
    half_a_minute(&town).await;
    let change = |password: &str| {
        json!({
            "password": password, "new_password": "another sentence, much longer",
            "totp_code": person.totp.code_at(town.now()),
        })
    };
    let path = "/api/staff/account/password";
    assert_eq!(person.put(path, change("not my password")).await.problem(422), "sign_in_failed");
    let session = person.put(path, change(PASSWORD)).await.expect(200);
    assert_eq!(person.refresh().await.problem(401), "signed_out");
    let now = town.member(&session, person.totp.clone());
    now.refresh().await.expect(200);
    half_a_minute(&town).await;
    assert_eq!(now.sign_in(PASSWORD).await.problem(422), "sign_in_failed");
    now.sign_in("another sentence, much longer").await.expect(200);
}

#[tokio::test]
async fn a_password_that_breaks_the_rule_is_told_which() {
    let town = Town::empty(1, None).await;
    let first = town.first_administrator().await;
    let wanted = json!({ "login_name": "zhang.san", "rights": rights(&[Role::Cashier], json!("all")) });
    let invited = first.post("/api/staff/members", wanted).await.expect(201);
    for password in ["short", "aaaaaaaaaaaaaaaa", "i am zhang.san, hello"] {
        let shown =
            json!({ "login_name": "zhang.san", "enrolment_code": invited["enrolment_code"], "password": password });
        let answer = town.ask(Method::POST, "/api/staff/enrolment", shown).await.expect(400);
        assert!(answer["detail"].as_str().is_some_and(|text| text.contains("密码")), "{answer}");
    }
}
