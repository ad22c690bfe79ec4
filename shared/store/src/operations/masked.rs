//! The log keeps what changed for ever, so what names or reaches a person is masked by the field it stands in.

use heatpay_domain::masking::{mask_id_number, mask_name, mask_openid, mask_phone};
use serde_json::Value;

/// The same JSON with every personal field masked and every secret starred, at any depth.
pub fn masked(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mask = |(name, value): (String, Value)| {
                let value = field(&name, value);
                (name, value)
            };
            Value::Object(fields.into_iter().map(mask).collect())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(masked).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

fn field(name: &str, value: Value) -> Value {
    let mask: fn(&str) -> String = match name {
        "name" | "holder" | "payer_name" | "company" | "buyer_name" => mask_name,
        "phone" | "mobile" | "tel" => mask_phone,
        "id_no" | "id_number" | "card_no" | "bank_account" => mask_id_number,
        "openid" | "buyer_id" => mask_openid,
        "email" | "address" | "password" | "password_hash" | "secret" | "totp_secret" | "enrolment_code" | "token"
        | "refresh_token" | "access_token" | "sealed" | "phone_sealed" => |_| "***".to_owned(),
        _ => return masked(value),
    };
    match value {
        Value::String(text) => Value::String(mask(&text)),
        Value::Null => Value::Null,
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => Value::String("***".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::masked;
    use serde_json::json;

    #[test]
    fn names_and_numbers_are_masked_wherever_they_stand() {
        let before = json!({
            "account_no": "1000000001", "amount": 223_800, "holder": "林晓晨",
            "contacts": [{ "name": "张三", "phone": "13800005678", "id_no": null }], "password": ["a", "b"],
        });
        let after = json!({
            "account_no": "1000000001", "amount": 223_800, "holder": "林*晨",
            "contacts": [{ "name": "张*", "phone": "138****5678", "id_no": null }], "password": "***",
        });
        assert_eq!(masked(before), after);
    }
}
