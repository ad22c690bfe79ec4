//! The shapes of what identifies a person or a company.

/// A resident identity number: 17 digits and a check character after GB 11643 (ISO 7064, MOD 11-2), with a date of birth
/// that exists.
pub fn is_id_number(text: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECK: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    if text.len() != 18 || !text.bytes().take(17).all(|b| b.is_ascii_digit()) {
        return false;
    }
    let sum: u32 = text.chars().zip(WEIGHTS).filter_map(|(c, weight)| Some(c.to_digit(10)? * weight)).sum();
    let checked = text.ends_with(CHECK[usize::try_from(sum % 11).unwrap_or(0)]);
    let number = |range: std::ops::Range<usize>| text[range].parse::<i16>().ok();
    let born = || {
        let month = i8::try_from(number(10..12)?).ok()?;
        let day = i8::try_from(number(12..14)?).ok()?;
        jiff::civil::Date::new(number(6..10)?, month, day).ok()
    };
    checked && born().is_some()
}

/// A mainland mobile number: 11 digits from 13 to 19.
pub fn is_mobile(text: &str) -> bool {
    text.len() == 11
        && text.bytes().all(|b| b.is_ascii_digit())
        && text.starts_with('1')
        && !matches!(text.as_bytes()[1], b'0'..=b'2')
}

/// A mobile number, or a landline with its area code: `024-23456789`.
pub fn is_phone(text: &str) -> bool {
    let landline = || {
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let dashes = text.bytes().filter(|b| *b == b'-').count();
        text.starts_with('0') && digits + dashes == text.len() && dashes <= 1 && (10..=12).contains(&digits)
    };
    is_mobile(text) || landline()
}

/// A company's tax number: 15 to 20 digits and capital letters (统一社会信用代码: 18).
pub fn is_tax_number(text: &str) -> bool {
    (15..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
}
