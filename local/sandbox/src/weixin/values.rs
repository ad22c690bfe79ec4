//! The type rules of template values, by the prefix of the key.

/// Whether WeChat takes the value under the key.
pub(super) fn is_taken(key: &str, value: &str) -> bool {
    let kind = key.trim_end_matches(|c: char| c.is_ascii_digit());
    let chars = value.chars().count();
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let only = |allowed: &str| value.chars().all(|c| c.is_ascii_digit() || allowed.contains(c));
    if value.trim().is_empty() || value.contains(['\n', '\r']) {
        return false;
    }
    match kind {
        "thing" => chars <= 20,
        "number" => only(".-") && (1..=32).contains(&digits),
        "letter" => chars <= 32 && value.chars().all(|c| c.is_ascii_alphabetic()),
        "symbol" => chars <= 5 && value.chars().all(|c| !c.is_alphanumeric()),
        "character_string" => chars <= 32 && value.is_ascii(),
        "time" => only(":年月日- ") && value.contains(':'),
        "date" => only("年月日-") && (value.contains('年') || value.contains('-')),
        "amount" => {
            let bare = value.trim_end_matches('元').trim_start_matches(['¥', '￥', '$', '€', '£']);
            let number = bare.chars().all(|c| c.is_ascii_digit() || c == '.' || c == '-');
            number && (1..=10).contains(&digits) && value.chars().filter(|c| "¥￥$€£".contains(*c)).count() <= 1
        }
        "phone_number" => chars <= 17 && only("+-() "),
        "car_number" => chars <= 8,
        "name" => {
            if value.is_ascii() {
                chars <= 20
            } else {
                chars <= 10
            }
        }
        "phrase" => chars <= 5 && value.chars().all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)),
        _ => false,
    }
}
