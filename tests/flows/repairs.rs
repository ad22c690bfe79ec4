//! A resident reports a fault, with photos and its place, follows it to its end, and says what he thinks of it.

use heatpay_domain::{AccountNo, RepairNo, repair::RepairEvent};
use heatpay_store::repairs::Repairs;
use heatpay_tests::{
    repository,
    town::{Answer, Resident, Town},
};
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};

/// What the sample photos tell about where they were taken.
const TOLD: &[u8] = b"N39.084158E117.200983";

fn photo(name: &str) -> Vec<u8> {
    repository::bytes(format!("tests/vectors/photos/{name}"))
}

fn tells(bytes: &[u8]) -> bool {
    bytes.windows(TOLD.len()).any(|window| window == TOLD)
}

fn fault(account_no: &str) -> Value {
    json!({
        "account_no": account_no, "category": "not_warm", "text": "客厅暖气不热,\n室温 15 度 <b>",
        "place": { "address": "3 号楼地下室", "point": { "longitude": "117.200983", "latitude": "39.084158" } },
    })
}

async fn report(resident: &Resident<'_>, body: Value, key: &str) -> Answer {
    resident.post_with("/api/repairs", ("idempotency-key", key), body).await
}

fn path_of(repair: &Value) -> String {
    format!("/api/repairs/{}", repair["repair_no"].as_str().expect("a number"))
}

/// The company does something about it.
async fn company(town: &Town, repair: &Value, events: &[RepairEvent]) {
    let context = town.world.operator().await.expect("the tables answer");
    let repairs = Repairs::of(&context).expect("settings");
    let repair_no = RepairNo::parse(repair["repair_no"].as_str().expect("a number")).expect("a number");
    let household = AccountNo::parse(repair["account_no"].as_str().expect("a number")).expect("a number");
    for event in events {
        let found = repairs.find_of_households(&repair_no, std::slice::from_ref(&household)).await;
        let found = found.expect("the table answers").expect("a repair");
        repairs.keep(&found.on(*event, town.now()).expect("an event it allows")).await.expect("the table answers");
    }
}

#[tokio::test]
async fn a_fault_is_reported_followed_mended_and_rated() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let repair = report(&resident, fault(town.account(0)), "it-is-cold").await.expect(201);
    assert_eq!((&repair["status"], &repair["can_cancel"]), (&json!("submitted"), &json!(true)));
    assert_eq!(repair["text"], "客厅暖气不热,\n室温 15 度 <b>");
    assert_eq!(
        repair["place"],
        json!({ "address": "3 号楼地下室", "longitude": "117.200983", "latitude": "39.084158" })
    );
    let rating = json!({ "stars": 5, "remark": "修得快" });
    let path = path_of(&repair);
    assert_eq!(resident.put(&format!("{path}/rating"), rating.clone()).await.problem(409), "repair_not_done");

    town.pass(SignedDuration::from_mins(20)).await;
    company(&town, &repair, &[RepairEvent::Dispatched, RepairEvent::Started]).await;
    assert_eq!(resident.post(&format!("{path}/cancel"), Value::Null).await.problem(409), "repair_under_way");
    company(&town, &repair, &[RepairEvent::Finished]).await;
    let rated = resident.put(&format!("{path}/rating"), rating.clone()).await.expect(200);
    assert_eq!((&rated["status"], &rated["rating"]["stars"]), (&json!("rated"), &json!(5)));
    resident.put(&format!("{path}/rating"), rating).await.expect(200);
    let worse = json!({ "stars": 1, "remark": null });
    assert_eq!(resident.put(&format!("{path}/rating"), worse).await.problem(409), "repair_rated");
    assert_eq!(resident.post(&format!("{path}/cancel"), Value::Null).await.problem(409), "repair_over");

    let shown = resident.get(&path).await.expect(200);
    let steps = shown["progress"].as_array().expect("steps");
    let names: Vec<_> = steps.iter().filter_map(|step| step["status"].as_str()).collect();
    assert_eq!(names, ["submitted", "assigned", "working", "done", "rated"]);
    assert_eq!(steps[1]["at"], "2026-11-23T02:20:00Z");
    let listed = resident.get(&format!("/api/households/{}/repairs", town.account(0))).await.expect(200);
    assert_eq!(listed["items"], json!([shown]));
}

#[tokio::test]
async fn the_same_request_again_is_the_same_report() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let first = report(&resident, fault(town.account(0)), "pressed-twice").await.expect(201);
    let again = report(&resident, fault(town.account(0)), "pressed-twice").await.expect(200);
    assert_eq!(first, again);
    let mut other = fault(town.account(0));
    other["category"] = json!("leak");
    assert_eq!(report(&resident, other, "pressed-twice").await.problem(422), "idempotency_key_reused");
    let neighbour = town.resident_of(1).await;
    let his = report(&neighbour, fault(town.account(1)), "pressed-twice").await.expect(201);
    assert_ne!(his["repair_no"], first["repair_no"]);
    let without = resident.post("/api/repairs", fault(town.account(0))).await;
    assert_eq!(without.problem(400), "invalid_request");
}

#[tokio::test]
async fn a_report_is_taken_back_and_stays_so() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let repair = report(&resident, fault(town.account(0)), "thought-better").await.expect(201);
    company(&town, &repair, &[RepairEvent::Dispatched]).await;
    for _ in 0..2 {
        let cancelled = resident.post(&format!("{}/cancel", path_of(&repair)), Value::Null).await.expect(200);
        assert_eq!((&cancelled["status"], &cancelled["can_cancel"]), (&json!("cancelled"), &json!(false)));
    }
    let late = resident.upload(&format!("{}/photos", path_of(&repair)), "photo", &photo("told.jpg")).await;
    assert_eq!(late.problem(409), "repair_over");
}

#[tokio::test]
async fn a_photo_is_kept_without_what_the_camera_wrote() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let repair = report(&resident, fault(town.account(0)), "with-photos").await.expect(201);
    let photos = format!("{}/photos", path_of(&repair));
    for (count, (name, kind)) in
        [("told.jpg", "image/jpeg"), ("told.png", "image/png"), ("told.webp", "image/webp")].into_iter().enumerate()
    {
        assert!(tells(&photo(name)), "{name} tells where it was taken");
        let added = resident.upload(&photos, "photo", &photo(name)).await.expect(201);
        let id = added["photos"][count].as_str().expect("a photo").to_owned();
        let again = resident.upload(&photos, "photo", &photo(name)).await.expect(200);
        assert_eq!(again["photos"].as_array().map(Vec::len), Some(count + 1));
        let shown = resident.get(&format!("{photos}/{id}")).await;
        assert_eq!(shown.headers["content-type"], kind);
        assert_eq!(shown.headers["cache-control"], "private, max-age=86400, immutable");
        assert!(!tells(&shown.bytes) && shown.bytes.len() > 50, "{name}: {} bytes", shown.bytes.len());
    }
}

#[tokio::test]
async fn what_is_no_photo_too_large_or_one_too_many_is_refused() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let repair = report(&resident, fault(town.account(0)), "many-photos").await.expect(201);
    let photos = format!("{}/photos", path_of(&repair));
    let upload = async |bytes: &[u8]| resident.upload(&photos, "photo", bytes).await;
    for wrong in [&b"GIF89a"[..], b"", b"<svg/>", &photo("told.jpg")[..200]] {
        assert_eq!(upload(wrong).await.problem(422), "not_a_photo");
    }
    let mut large = photo("told.png");
    large.resize(2 * 1024 * 1024 + 1, 0);
    assert_eq!(upload(&large).await.problem(413), "too_large");
    large.resize(8 * 1024 * 1024, 0);
    assert_eq!(upload(&large).await.problem(413), "too_large");
    assert_eq!(resident.upload(&photos, "file", &photo("told.jpg")).await.problem(400), "invalid_request");
    assert_eq!(resident.post(&photos, json!({})).await.problem(415), "unsupported_media_type");
    for different in 0..6 {
        // The last byte of the picture's one row differs, so each is another picture.
        let mut bytes = photo("told.jpg");
        let end = bytes.windows(2).rposition(|pair| pair == b"\xff\xd9").expect("an end");
        bytes.insert(end, different);
        upload(&bytes).await.expect(201);
    }
    assert_eq!(upload(&photo("told.jpg")).await.problem(409), "too_many_photos");
}

#[tokio::test]
async fn a_repair_and_its_photos_are_the_households_alone() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let repair = report(&resident, fault(town.account(0)), "only-ours").await.expect(201);
    let path = path_of(&repair);
    let added = resident.upload(&format!("{path}/photos"), "photo", &photo("told.jpg")).await.expect(201);
    let file = format!("{path}/photos/{}", added["photos"][0].as_str().expect("a photo"));

    let family = town.resident_of(0).await;
    assert!(family.get(&file).await.bytes.starts_with(b"\xff\xd8"));

    let other = town.resident_of(1).await;
    for answer in [
        other.get(&path).await,
        other.get(&file).await,
        other.post(&format!("{path}/cancel"), Value::Null).await,
        other.put(&format!("{path}/rating"), json!({ "stars": 1, "remark": null })).await,
        other.upload(&format!("{path}/photos"), "photo", &photo("told.jpg")).await,
    ] {
        assert_eq!(answer.problem(404), "not_found");
    }
    let listing = format!("/api/households/{}/repairs", town.account(0));
    assert_eq!(other.get(&listing).await.problem(403), "household_not_bound");
    assert_eq!(report(&other, fault(town.account(0)), "not-my-home").await.problem(403), "household_not_bound");
    assert_eq!(town.call(Method::GET, &file, None, None, &[]).await.problem(401), "signed_out");
    let elsewhere = report(&other, fault(town.account(1)), "at-my-home").await.expect(201);
    let borrowed = format!("{}/photos/{}", path_of(&elsewhere), added["photos"][0].as_str().expect("a photo"));
    assert_eq!(other.get(&borrowed).await.problem(404), "not_found");
}

#[tokio::test]
async fn a_report_that_says_nothing_or_points_nowhere_is_refused() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    for (name, wrong) in [
        ("text", json!(" ")),
        ("text", json!("热".repeat(501))),
        ("category", json!("火灾")),
        ("place", json!({ "address": "" })),
        ("place", json!({ "address": "3 号楼", "point": { "longitude": "0", "latitude": "0" } })),
        ("place", json!({ "address": "3 号楼", "point": { "longitude": 117.2, "latitude": 39.1 } })),
        ("phone", json!("13800005678")),
    ] {
        let mut body = fault(town.account(0));
        body[name] = wrong;
        assert_eq!(report(&resident, body, "says-nothing").await.problem(400), "invalid_request", "{name}");
    }
    let mut body = fault(town.account(0));
    body.as_object_mut().expect("an object").remove("place");
    report(&resident, body, "at-home-somewhere").await.expect(201);
}

#[tokio::test]
async fn a_household_reports_twenty_times_a_day_and_sees_them_in_pages() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    for count in 0..20 {
        report(&resident, fault(town.account(0)), &format!("report-{count:02}")).await.expect(201);
    }
    assert_eq!(report(&resident, fault(town.account(0)), "report-20").await.problem(429), "too_many_requests");
    let listing = format!("/api/households/{}/repairs?limit=15", town.account(0));
    let first = resident.get(&listing).await.expect(200);
    let next = first["next"].as_str().expect("another page");
    let second = resident.get(&format!("{listing}&cursor={next}")).await.expect(200);
    assert_eq!(
        (first["items"].as_array().map(Vec::len), second["items"].as_array().map(Vec::len)),
        (Some(15), Some(5))
    );
    assert_eq!(second["next"], Value::Null);
    assert_eq!(resident.get(&format!("{listing}&cursor=abc")).await.problem(400), "invalid_cursor");
}
