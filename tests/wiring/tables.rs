//! The tables keep what they are given.

use crate::{expect_none, template};
use heatpay_tests::repository;

/// The resource's text in the template, to its next neighbour.
fn text_of(logical_id: &str) -> String {
    let template = repository::read("template.yaml");
    let start =
        template.find(&format!("\n  {logical_id}:\n")).unwrap_or_else(|| panic!("{logical_id} is not there")) + 1;
    let rest = &template[start..];
    let end = rest.match_indices("\n  ").find(|(at, _)| *at > 0 && !rest[at + 3..].starts_with(' ')).map(|(at, _)| at);
    rest[..end.unwrap_or(rest.len())].to_owned()
}

#[test]
fn what_holds_data_outlives_the_stack() {
    let template = template();
    let tables = template.tables.iter().map(|table| table.logical_id.as_str());
    let buckets = template.buckets.iter().map(|bucket| bucket.logical_id.as_str());
    let secrets = template.secrets.iter().map(|secret| secret.logical_id.as_str());
    let wrong = tables.chain(buckets).chain(secrets).filter_map(|id| {
        let text = text_of(id);
        let kept = text.contains("DeletionPolicy: Retain") && text.contains("UpdateReplacePolicy: Retain");
        (!kept).then(|| format!("{id}: goes away with the stack"))
    });
    expect_none(wrong.collect());
}

#[test]
fn every_table_is_encrypted_and_can_be_restored_to_any_moment() {
    let wrong = template().tables.into_iter().filter_map(|table| {
        let text = text_of(&table.logical_id);
        let safe = text.contains("PointInTimeRecoveryEnabled: true") && text.contains("SSEEnabled: true");
        (!safe).then(|| format!("{}: not encrypted, or not restorable", table.logical_id))
    });
    expect_none(wrong.collect());
}

#[test]
fn only_sessions_and_idempotency_records_expire() {
    let expiring: Vec<_> = template().tables.into_iter().filter(|t| t.expires.is_some()).map(|t| t.name).collect();
    assert_eq!(expiring, ["idempotency", "sessions"]);
}

#[test]
fn no_secret_stands_in_the_template() {
    let text = repository::read("template.yaml");
    let wrong = text.lines().enumerate().filter_map(|(at, line)| {
        let line = line.trim();
        let given = line.strip_prefix("SecretString:").is_some_and(|value| value.trim() != "\"{}\"");
        let key = ["-----BEGIN", "AKIA", "LTAI"].iter().any(|mark| line.contains(mark));
        (given || key).then(|| format!("template.yaml:{}: {line}", at + 1))
    });
    expect_none(wrong.collect());
}
