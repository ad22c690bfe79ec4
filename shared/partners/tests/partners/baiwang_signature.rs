use crate::vectors::{pairs, read, text};
use heatpay_partners::einvoice::baiwang::{
    TokenVersion,
    sign::{password_hash, sign},
};

#[test]
fn a_query_is_signed_as_the_vector_says() {
    let file = read("baiwang.json");
    for vector in file["vectors"].as_array().unwrap() {
        let signed = sign(text(&file["app_secret"]), &pairs(&vector["query"]), text(&vector["body"]).as_bytes());
        assert_eq!(signed, text(&vector["sign"]), "{}", vector["id"]);
    }
}

#[test]
fn the_sign_itself_and_empty_values_are_not_signed() {
    let file = read("baiwang.json");
    let vector = &file["vectors"][0];
    let mut query = pairs(&vector["query"]);
    query.insert("sign", "anything".to_owned());
    query.insert("empty", String::new());
    let signed = sign(text(&file["app_secret"]), &query, text(&vector["body"]).as_bytes());
    assert_eq!(signed, text(&vector["sign"]));
}

#[test]
fn one_blank_more_in_the_body_is_another_signature() {
    let file = read("baiwang.json");
    let vector = &file["vectors"][0];
    let pretty = text(&vector["body"]).replace(':', ": ");
    let signed = sign(text(&file["app_secret"]), &pairs(&vector["query"]), pretty.as_bytes());
    assert_ne!(signed, text(&vector["sign"]));
}

#[test]
fn the_password_is_hashed_as_each_version_wants_it() {
    let password = &read("baiwang.json")["password"];
    let hash = |version| password_hash(version, text(&password["password"]), text(&password["salt"]));
    assert_eq!(hash(TokenVersion::V7), text(&password["v7_sha256hex"]));
    assert_eq!(hash(TokenVersion::V6), text(&password["v6_sha1_of_md5hex"]));
}
