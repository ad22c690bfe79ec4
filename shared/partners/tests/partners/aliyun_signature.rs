use crate::vectors::{pairs, read, text};
use heatpay_partners::sms::aliyun::acs3::{
    Unsigned, authorization, canonical_query, canonical_request, sha256_hex, signature, string_to_sign,
};

#[test]
fn a_send_is_signed_byte_for_byte_as_the_official_sdk_signs_it() {
    let file = read("aliyun-sms.json");
    let fixed = &file["fixed"];
    let query = pairs(&fixed["query"]);
    let mut headers = pairs(&fixed["headers"]);
    headers.retain(|name, _| *name == "host" || name.starts_with("x-acs-"));
    let request = Unsigned {
        method: text(&fixed["method"]),
        path: text(&fixed["path"]),
        query: &query,
        headers: &headers,
        body_sha256: &sha256_hex(b""),
    };
    assert_eq!(canonical_request(&request), text(&fixed["canonical_request"]));
    assert_eq!(string_to_sign(&canonical_request(&request)), text(&fixed["string_to_sign"]));
    let (id, secret) = (text(&file["access_key_id"]), text(&file["access_key_secret"]));
    assert_eq!(authorization(id, secret, &request), text(&fixed["authorization"]));
}

#[test]
fn the_request_captured_from_the_official_sdk_has_our_signature() {
    let file = read("aliyun-sms.json");
    let captured = &file["captured"];
    let to_sign = string_to_sign(text(&captured["canonical_request"]));
    assert_eq!(signature(text(&file["access_key_secret"]), &to_sign), text(&captured["signature"]));
}

#[test]
fn the_example_of_aliyuns_own_documents_has_our_signature() {
    let doc = &read("official.json")["aliyun_acs3_doc"];
    let canonical = text(&doc["canonical_request"]);
    assert_eq!(sha256_hex(canonical.as_bytes()), text(&doc["hashed_canonical_request"]));
    let to_sign = string_to_sign(canonical);
    assert_eq!(signature(text(&doc["access_key_secret"]), &to_sign), text(&doc["signature"]));
}

#[test]
fn what_goes_out_is_the_canonical_query_itself() {
    let query = [("b", "! ' ( ) * ~".to_owned()), ("a", "热 力+%".to_owned())].into();
    assert_eq!(canonical_query(&query), "a=%E7%83%AD%20%E5%8A%9B%2B%25&b=%21%20%27%20%28%20%29%20%2A%20~");
}
