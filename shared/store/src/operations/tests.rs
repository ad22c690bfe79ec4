use super::super::{
    Breakage, Broken, Entry, Operation,
    chain::{ChainKey, Head},
};
use super::Walk;
use heatpay_domain::StaffNo;
use serde_json::json;

fn key() -> ChainKey {
    ChainKey::new(&"k".repeat(32)).unwrap()
}

fn staff() -> StaffNo {
    StaffNo::from_ulid("01KB1Q2Z3A4B5C6D7E8F9G0H1J").unwrap()
}

/// A chain of five, and its head.
fn chain() -> (Vec<Entry>, Head) {
    let mut head = Head::default();
    let mut entries = Vec::new();
    for amount in 1..=5 {
        let at = "2026-11-23T02:00:00.123456Z".parse().unwrap();
        let operation = Operation::new(&staff(), "refund_approve", "refund", &format!("R0000000{amount}"), at)
            .in_branch("和平分公司")
            .before(&json!({ "status": "requested" }))
            .after(&json!({ "status": "approved", "amount": amount }));
        let entry = Entry::after(&head, operation, &key());
        head = key().head(&staff(), entry.seq, entry.hash.clone());
        entries.push(entry);
    }
    (entries, head)
}

fn verified(entries: &[Entry], head: Option<&Head>) -> Result<(), Broken> {
    let key = key();
    let mut walk = Walk { key: &key, seq: 1, previous: Some(String::new()) };
    for entry in entries {
        walk.step(entry)?;
    }
    walk.end(&staff(), head)
}

#[test]
fn a_chain_as_it_was_written_is_whole() {
    let (entries, head) = chain();
    assert_eq!(verified(&entries, Some(&head)), Ok(()));
    assert_eq!(verified(&[], None), Ok(()));
}

#[test]
fn every_field_that_is_changed_is_noticed() {
    let changes: [fn(&mut Entry); 9] = [
        |e| e.what = "refund_decline".to_owned(),
        |e| e.object = "refund#R99999999".to_owned(),
        |e| e.branch = None,
        |e| e.before = None,
        |e| e.after = Some(r#"{"status":"approved","amount":4}"#.to_owned()),
        |e| e.at = "2026-11-24T02:00:00Z".parse().unwrap(),
        |e| e.request_id = Some(String::new()),
        |e| e.previous = String::new(),
        |e| e.hash = "0".repeat(64),
    ];
    for change in changes {
        let (mut entries, head) = chain();
        change(&mut entries[2]);
        assert_eq!(verified(&entries, Some(&head)), Err(Broken { seq: 3, how: Breakage::Altered }));
    }
}

#[test]
fn an_entry_that_is_removed_is_missed_at_the_beginning_the_middle_and_the_end() {
    for at in 0..5 {
        let (mut entries, head) = chain();
        entries.remove(at);
        assert_eq!(verified(&entries, Some(&head)), Err(Broken { seq: at as u64 + 1, how: Breakage::Missing }));
    }
    let (_, head) = chain();
    assert_eq!(verified(&[], Some(&head)), Err(Broken { seq: 1, how: Breakage::Missing }));
}

#[test]
fn a_head_that_is_taken_away_or_set_back_is_noticed() {
    let (entries, head) = chain();
    let differs = Err(Broken { seq: 6, how: Breakage::HeadDiffers });
    assert_eq!(verified(&entries, None), differs);
    let back = key().head(&staff(), 4, entries[3].hash.clone());
    assert_eq!(verified(&entries, Some(&back)), differs);
    let forged = Head { count: 4, hash: entries[3].hash.clone(), mac: head.mac };
    assert_eq!(verified(&entries[..4], Some(&forged)), Err(Broken { seq: 5, how: Breakage::HeadDiffers }));
}

#[test]
fn an_entry_of_another_history_does_not_follow() {
    let (mut entries, _) = chain();
    let at = "2026-11-23T02:00:00Z".parse().unwrap();
    let other = Head { count: 2, hash: "f".repeat(64), mac: String::new() };
    entries[2] = Entry::after(&other, Operation::new(&staff(), "sign_in", "staff", "E", at), &key());
    assert_eq!(verified(&entries[..3], None), Err(Broken { seq: 3, how: Breakage::NotLinked }));
}

#[test]
fn whoever_has_not_the_key_cannot_write_an_entry_that_holds() {
    let (mut entries, head) = chain();
    entries[4].after = None;
    entries[4].hash = ChainKey::new(&"x".repeat(32)).unwrap().hash(&entries[4]);
    assert_eq!(verified(&entries, Some(&head)), Err(Broken { seq: 5, how: Breakage::Altered }));
}

#[test]
fn what_is_too_long_for_a_log_is_left_out_and_said_so() {
    let at = "2026-11-23T02:00:00Z".parse().unwrap();
    let operation = Operation::new(&staff(), "import", "run", "G1", at).after(&json!({ "rows": vec!["x"; 4000] }));
    let entry = Entry::after(&Head::default(), operation, &key());
    assert_eq!(entry.after.as_deref(), Some(r#"{"bytes_left_out":16010}"#));
}
