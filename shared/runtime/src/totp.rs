//! Time-based one-time passwords (RFC 6238) as authenticator apps make them: HMAC-SHA-1, 30 seconds, six digits.

use heatpay_ports::Ids;
use jiff::Timestamp;
use ring::hmac;
use std::fmt;

/// Seconds a code is shown.
const STEP: i64 = 30;
/// The clock of a phone may be so many steps off, either way (RFC 6238, 5.2).
const DRIFT: i64 = 1;

/// The secret an authenticator shares with us: 160 bits (RFC 4226, 4 R6).
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret([u8; 20]);

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret")
    }
}

impl TotpSecret {
    /// A new one.
    pub fn new(ids: &dyn Ids) -> Self {
        let mut bytes = [0; 20];
        ids.fill(&mut bytes);
        Self(bytes)
    }

    /// From its base-32 text.
    pub fn parse(text: &str) -> Option<Self> {
        Some(Self(data_encoding::BASE32_NOPAD.decode(text.as_bytes()).ok()?.try_into().ok()?))
    }

    /// In base 32, as it is typed into an app.
    pub fn text(&self) -> String {
        data_encoding::BASE32_NOPAD.encode(&self.0)
    }

    /// The address an app reads from a QR code, for an account of letters, digits and `.-_`.
    pub fn uri(&self, issuer: &str, account: &str) -> String {
        format!(
            "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}&algorithm=SHA1&digits=6&period=30",
            self.text()
        )
    }

    /// The code shown at that moment.
    pub fn code_at(&self, now: Timestamp) -> String {
        self.code(now.as_second() / STEP)
    }

    /// The step whose code this is, among those near `now` and after `last`, the newest that was used: a code is good once (RFC
    /// 6238, 5.2), and so is every one before it.
    pub fn step_of(&self, code: &str, now: Timestamp, last: Option<i64>) -> Option<i64> {
        let step = now.as_second() / STEP;
        (step - DRIFT..=step + DRIFT)
            .filter(|step| last.is_none_or(|last| *step > last))
            .find(|step| self.code(*step) == code)
    }

    fn code(&self, step: i64) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        format!("{:06}", truncated(&key, step) % 1_000_000)
    }
}

/// RFC 4226, 5.3.
fn truncated(key: &hmac::Key, step: i64) -> u32 {
    let tag = hmac::sign(key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let at = usize::from(tag[tag.len() - 1] & 0xf);
    u32::from_be_bytes([tag[at] & 0x7f, tag[at + 1], tag[at + 2], tag[at + 3]])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> TotpSecret {
        TotpSecret(*b"12345678901234567890")
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// RFC 6238, appendix B, SHA-1; of its eight digits ours are the last six.
    #[test]
    fn the_codes_are_those_of_the_rfc() {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &secret().0);
        for (second, digits) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            assert_eq!(format!("{:08}", truncated(&key, second / STEP) % 100_000_000), digits);
            assert_eq!(secret().code_at(at(second)), &digits[2..]);
        }
    }

    /// RFC 4226, appendix D.
    #[test]
    fn the_counters_codes_are_those_of_the_rfc() {
        let codes =
            ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
        assert_eq!((0..10).map(|step| secret().code(step)).collect::<Vec<_>>(), codes);
    }

    #[test]
    fn a_code_is_good_once_and_none_before_it_either() {
        let now = at(1_111_111_111);
        let (before, code) = (secret().code_at(at(1_111_111_081)), secret().code_at(now));
        let step = secret().step_of(&code, now, None).unwrap();
        assert_eq!(secret().step_of(&before, now, None), Some(step - 1));
        assert_eq!(secret().step_of(&code, now, Some(step)), None);
        assert_eq!(secret().step_of(&before, now, Some(step)), None);
        assert_eq!(secret().step_of(&code, now, Some(step - 1)), Some(step));
    }

    #[test]
    fn a_phones_clock_may_be_half_a_minute_off_and_no_more() {
        let code = secret().code_at(at(1_111_111_111));
        let good = |second| secret().step_of(&code, at(second), None).is_some();
        assert!(good(1_111_111_081) && good(1_111_111_141));
        assert!(!good(1_111_111_050) && !good(1_111_111_171));
    }

    #[test]
    fn an_app_reads_the_secret_from_an_address() {
        assert_eq!(secret().text(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(TotpSecret::parse(&secret().text()), Some(secret()));
        assert_eq!(TotpSecret::parse("GEZDGNBV"), None);
        assert!(secret().uri("Heatpay", "lin").starts_with("otpauth://totp/Heatpay:lin?secret=GEZDGNBV"));
    }
}
