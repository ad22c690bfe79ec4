use heatpay_domain::{
    AccountNo, RepairNo, ResidentId,
    repair::{
        InvalidPlace, MAX_PHOTOS, Photo, PhotoFormat, PhotoRefused, Place, Point, Progress, Rating, Remark, Repair,
        RepairCategory, RepairEvent, RepairStatus, Stars, WhatIsWrong,
    },
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

fn morning() -> Timestamp {
    "2026-11-23T02:00:00Z".parse().unwrap()
}

fn reported() -> Repair {
    Repair {
        repair_no: RepairNo::of_request("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b").unwrap(),
        account_no: AccountNo::parse("1000000001").unwrap(),
        resident_id: ResidentId::from_ulid("01KB1Q2Z3A4B5C6D7E8F9G0H1J").unwrap(),
        category: RepairCategory::NotWarm,
        text: WhatIsWrong::parse("客厅暖气不热").unwrap(),
        place: None,
        photos: Vec::new(),
        status: RepairStatus::Submitted,
        progress: vec![Progress { status: RepairStatus::Submitted, at: morning() }],
        rating: None,
        reported_at: morning(),
        version: 1,
    }
}

fn photo(name: usize) -> Photo {
    Photo { photo_id: format!("{name:032x}"), format: PhotoFormat::Jpeg, added_at: morning() }
}

#[test]
fn a_report_is_named_by_the_request_that_made_it() {
    assert_eq!(reported().repair_no.as_str(), "F9F86D081884C7D659A2FEAA0C5");
    assert!(RepairNo::of_request("short").is_err());
}

#[test]
fn a_repair_remembers_when_it_came_into_each_state() {
    let mut repair = reported();
    let mut now = morning();
    for event in [RepairEvent::Dispatched, RepairEvent::Dispatched, RepairEvent::Started, RepairEvent::Finished] {
        now += SignedDuration::from_hours(1);
        repair = repair.on(event, now).unwrap();
    }
    let rating = Rating { stars: Stars::new(5).unwrap(), remark: Some(Remark::parse(" 修得快 ").unwrap()) };
    let repair = repair.rated(rating, now).unwrap();
    let states: Vec<_> = repair.progress.iter().map(|step| step.status.name()).collect();
    assert_eq!(states, ["submitted", "assigned", "working", "done", "rated"]);
    assert_eq!((repair.version, repair.rating.unwrap().remark.unwrap().as_str()), (6, "修得快"));
}

#[test]
fn a_report_takes_six_photos_while_it_is_open() {
    let mut repair = reported();
    for name in 0..MAX_PHOTOS {
        repair = repair.with_photo(photo(name)).unwrap();
    }
    assert_eq!(repair.version, reported().version + 6, "each is a write of its own");
    assert_eq!(repair.with_photo(photo(MAX_PHOTOS)), Err(PhotoRefused::TooMany));
    let over = reported().on(RepairEvent::Withdrawn, morning()).unwrap();
    assert_eq!(over.with_photo(photo(0)), Err(PhotoRefused::Over));
}

#[test]
fn what_is_wrong_takes_1_to_500_characters() {
    assert_eq!(WhatIsWrong::parse(" 漏水\n厨房 ").unwrap().as_str(), "漏水\n厨房");
    assert!(WhatIsWrong::parse(&"热".repeat(500)).is_ok());
    for wrong in [String::new(), " \n ".to_owned(), "热".repeat(501), "a\u{0}b".to_owned(), "a\tb".to_owned()] {
        assert!(WhatIsWrong::parse(&wrong).is_err(), "{wrong:?}");
    }
    assert!(Stars::new(0).is_err() && Stars::new(6).is_err());
}

#[test]
fn a_point_is_kept_as_it_was_written_and_lies_in_china() {
    let point = Point::parse("117.200983", "39.084158").unwrap();
    assert_eq!((point.longitude(), point.latitude()), ("117.200983".to_owned(), "39.084158".to_owned()));
    assert_eq!(Point::parse("117.2", "39").unwrap().longitude(), "117.200000");
    for (longitude, latitude) in
        [("136", "39"), ("72.999999", "39"), ("117", "2.9"), ("117", "54"), ("117.2009831", "39"), ("117", "39N")]
    {
        assert_eq!(Point::parse(longitude, latitude), Err(InvalidPlace::Point), "{longitude} {latitude}");
    }
    for wrong in ["117.2000000", "0117.2", "-117", "+117", "1e2", "", "."] {
        assert_eq!(Point::parse(wrong, "39"), Err(InvalidPlace::Point), "{wrong}");
    }
}

#[test]
fn a_place_is_words_with_or_without_a_point() {
    let words: Place = serde_json::from_str(r#"{"address":" 3 号楼地下室 "}"#).unwrap();
    assert_eq!((words.address(), words.point()), ("3 号楼地下室", None));
    let written = r#"{"address":"3 号楼","point":{"longitude":"117.200983","latitude":"39.084158"}}"#;
    let place: Place = serde_json::from_str(written).unwrap();
    assert_eq!(serde_json::to_string(&place).unwrap(), written);
    for wrong in [r#"{"address":""}"#, r#"{"address":"x","point":{"longitude":"0","latitude":"0"}}"#] {
        assert!(serde_json::from_str::<Place>(wrong).is_err(), "{wrong}");
    }
}

proptest! {
    #[test]
    fn every_point_of_china_to_the_last_decimal_comes_back(longitude in 73_000_000_i64..136_000_000, latitude in 3_000_000_i64..54_000_000) {
        let written = |units: i64| format!("{}.{:06}", units / 1_000_000, units % 1_000_000);
        let point = Point::parse(&written(longitude), &written(latitude)).unwrap();
        prop_assert_eq!((point.longitude(), point.latitude()), (written(longitude), written(latitude)));
    }
}
