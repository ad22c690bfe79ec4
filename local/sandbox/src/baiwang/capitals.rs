use rust_decimal::{Decimal, prelude::ToPrimitive};

const DIGITS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];
const GROUPS: [&str; 4] = ["", "万", "亿", "万亿"];
const PLACES: [&str; 4] = ["", "拾", "佰", "仟"];

/// 大写金额: `2238.05` is 贰仟贰佰叁拾捌圆零伍分, `-3` is （负数）叁圆整.
pub(super) fn capitals(amount: Decimal) -> String {
    let fen = (amount.abs() * Decimal::ONE_HUNDRED).round().to_u64().unwrap_or(0);
    let (yuan, jiao, fen) = (fen / 100, fen / 10 % 10, fen % 10);
    let mut text = String::new();
    if amount.is_sign_negative() && !amount.is_zero() {
        text.push_str("（负数）");
    }
    if yuan > 0 || (jiao, fen) == (0, 0) {
        text.push_str(&whole(yuan));
        text.push('圆');
    }
    match (jiao, fen) {
        (0, 0) => text.push('整'),
        (jiao, 0) => text.extend([digit(jiao), '角', '整']),
        (0, fen) => {
            text.extend((yuan > 0).then_some('零'));
            text.extend([digit(fen), '分']);
        }
        (jiao, fen) => text.extend([digit(jiao), '角', digit(fen), '分']),
    }
    text
}

/// Groups of four; a gap of noughts is read as one 零.
fn whole(yuan: u64) -> String {
    if yuan == 0 {
        return "零".to_owned();
    }
    let digits = yuan.to_string();
    let mut text = String::new();
    let (mut gap, mut group_has_digits) = (false, false);
    for (at, byte) in digits.bytes().enumerate() {
        let place = digits.len() - 1 - at;
        let number = u64::from(byte - b'0');
        if number == 0 {
            gap = true;
        } else {
            if gap {
                text.push('零');
            }
            gap = false;
            group_has_digits = true;
            text.push(digit(number));
            text.push_str(PLACES[place % 4]);
        }
        if place.is_multiple_of(4) {
            if group_has_digits {
                text.push_str(GROUPS.get(place / 4).copied().unwrap_or_default());
            }
            group_has_digits = false;
        }
    }
    text
}

fn digit(number: u64) -> char {
    usize::try_from(number).ok().and_then(|at| DIGITS.get(at)).copied().unwrap_or('零')
}

#[cfg(test)]
mod tests {
    use super::capitals;

    #[test]
    fn amounts_are_written_as_a_bank_writes_them() {
        for (amount, words) in [
            ("2238.00", "贰仟贰佰叁拾捌圆整"),
            ("2238.05", "贰仟贰佰叁拾捌圆零伍分"),
            ("2238.50", "贰仟贰佰叁拾捌圆伍角整"),
            ("0.05", "伍分"),
            ("0.00", "零圆整"),
            ("1003.00", "壹仟零叁圆整"),
            ("100000.00", "壹拾万圆整"),
            ("120034.56", "壹拾贰万零叁拾肆圆伍角陆分"),
            ("100000001.00", "壹亿零壹圆整"),
            ("-3.00", "（负数）叁圆整"),
        ] {
            assert_eq!(capitals(amount.parse().unwrap()), words, "{amount}");
        }
    }
}
