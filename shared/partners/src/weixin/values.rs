//! What a template's values may look like, by the prefix of their key. Text for people is cut to fit; anything that would
//! say something else when cut (an amount, a number, a time) is refused.

/// A value that breaks the rule of its key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key} must be {rule}")]
pub struct UnfitValue {
    /// The template's key.
    pub key: String,
    /// The rule it breaks.
    pub rule: &'static str,
}

/// The value as it may go out under `key` (`thing1`, `amount2`, `character_string3` …).
pub fn fitted(key: &str, value: &str) -> Result<String, UnfitValue> {
    let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
    let kind = key.trim_end_matches(|c: char| c.is_ascii_digit());
    let unfit = |rule| Err(UnfitValue { key: key.to_owned(), rule });
    let keep = |fits: bool, rule| if fits { Ok(value.clone()) } else { unfit(rule) };
    if value.is_empty() {
        return unfit("something");
    }
    let chars = value.chars().count();
    match kind {
        "thing" => Ok(cut(&value, 20)),
        "phrase" => keep(value.chars().all(is_chinese), "Chinese only").map(|value| cut(&value, 5)),
        "name" => Ok(cut(&value, if value.is_ascii() { 20 } else { 10 })),
        "number" => keep(is_number(&value, 32), "a number of at most 32 digits"),
        "letter" => keep(chars <= 32 && value.chars().all(|c| c.is_ascii_alphabetic()), "at most 32 letters"),
        "symbol" => keep(chars <= 5 && !value.chars().any(char::is_alphanumeric), "at most 5 symbols"),
        "character_string" => keep(chars <= 32 && value.is_ascii(), "at most 32 letters, digits and symbols"),
        "time" => keep(is_time(&value), "15:01 or 2019年10月1日 15:01"),
        "date" => keep(is_date(&value), "2019年10月1日 or 2019-10-01"),
        "amount" => keep(is_amount(&value), "a currency sign and at most 10 digits, 元 may follow"),
        "phone_number" => {
            let fits = chars <= 17 && value.chars().all(|c| c.is_ascii_digit() || "+-() ".contains(c));
            keep(fits, "at most 17 digits and symbols")
        }
        "car_number" => keep(chars <= 8, "at most 8 characters"),
        _ => unfit("of a kind that WeChat has"),
    }
}

/// At most `most` characters, the last of them an ellipsis when something was cut.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

fn is_chinese(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

fn is_number(text: &str, most_digits: usize) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    all(whole) && all(fraction) && whole.len() + fraction.len() <= most_digits
}

fn is_amount(text: &str) -> bool {
    let text = text.strip_suffix('元').unwrap_or(text);
    let text = text.strip_prefix(['¥', '￥', '$', '€', '£']).unwrap_or(text);
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    digits <= 10 && is_number(text, usize::MAX)
}

fn is_time(text: &str) -> bool {
    let (date, clock) = text.rsplit_once(' ').map_or((None, text), |(date, clock)| (Some(date), clock));
    is_clock(clock) && date.is_none_or(is_date)
}

fn is_clock(text: &str) -> bool {
    let parts: Vec<_> = text.split(':').collect();
    let part = |text: &str, most: u8| text.len() == 2 && text.parse::<u8>().is_ok_and(|number| number <= most);
    match parts.as_slice() {
        [hours, minutes] => part(hours, 23) && part(minutes, 59),
        [hours, minutes, seconds] => part(hours, 23) && part(minutes, 59) && part(seconds, 59),
        _ => false,
    }
}

fn is_date(text: &str) -> bool {
    let parts: Vec<_> = if text.contains('年') {
        let Some(text) = text.strip_suffix('日') else { return false };
        text.split(['年', '月']).collect()
    } else {
        text.split('-').collect()
    };
    let [year, month, day] = parts.as_slice() else { return false };
    let (Ok(year), Ok(month), Ok(day)) = (year.parse(), month.parse(), day.parse()) else { return false };
    jiff::civil::Date::new(year, month, day).is_ok()
}
