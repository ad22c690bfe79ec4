//! What is shown of personal data, in every answer and every log.

/// 姓名: 张三 → 张*, 张小三 → 张*三, 欧阳小三 → 欧**三.
pub fn mask_name(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    match letters.as_slice() {
        [] => String::new(),
        [_] => "*".to_owned(),
        [first, _] => format!("{first}*"),
        [first, hidden @ .., last] => format!("{first}{}{last}", "*".repeat(hidden.len())),
    }
}

/// 手机号: 138****5678. A landline or anything else keeps its last four at most.
pub fn mask_phone(phone: &str) -> String {
    keep(phone, 3, 4)
}

/// 证件号: the first 3 and the last 4.
pub fn mask_id_number(id_no: &str) -> String {
    keep(id_no, 3, 4)
}

/// WeChat's openid: the first 3 and the last 4.
pub fn mask_openid(openid: &str) -> String {
    keep(openid, 3, 4)
}

/// The first and the last characters, stars between; only stars where that would show more than half.
fn keep(text: &str, first: usize, last: usize) -> String {
    let letters: Vec<char> = text.chars().collect();
    let hidden = letters.len().saturating_sub(first + last);
    if hidden < 4 {
        return "*".repeat(letters.len());
    }
    let head: String = letters[..first].iter().collect();
    let tail: String = letters[letters.len() - last..].iter().collect();
    format!("{head}{}{tail}", "*".repeat(hidden))
}
