//! The numbers of the trade. Parsed once at the edge, never checked again inside.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a number was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} must be {rule}")]
pub struct InvalidNumber {
    /// Which number.
    pub what: &'static str,
    /// What it must look like.
    pub rule: &'static str,
}

macro_rules! number {
    ($(#[$doc:meta])* $name:ident, $what:literal, $rule:literal, $ok:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Parses the number; the error names the rule it breaks.
            pub fn parse(text: impl Into<String>) -> Result<Self, InvalidNumber> {
                let text = text.into();
                let ok: fn(&str) -> bool = $ok;
                if ok(&text) { Ok(Self(text)) } else { Err(InvalidNumber { what: $what, rule: $rule }) }
            }

            /// The number as written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidNumber;
            fn try_from(text: String) -> Result<Self, InvalidNumber> {
                Self::parse(text)
            }
        }

        impl From<$name> for String {
            fn from(number: $name) -> String {
                number.0
            }
        }
    };
}

fn letters_and_digits(text: &str, min: usize, max: usize) -> bool {
    (min..=max).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn prefixed(text: &str, prefix: char) -> bool {
    text.starts_with(prefix) && letters_and_digits(text, 8, 32)
}

number!(
    /// 户号: a household's account number, 4–20 letters or digits.
    AccountNo, "account_no", "4 to 20 letters or digits", |t| letters_and_digits(t, 4, 20)
);
number!(
    /// A payment's number, `P` and a ULID; it is the `out_trade_no` at every channel and is never used again.
    PaymentNo, "payment_no", "P and 7 to 31 letters or digits", |t| prefixed(t, 'P')
);
number!(
    /// A refund's number, `R` and a ULID; it is the `out_refund_no` at the channel.
    RefundNo, "refund_no", "R and 7 to 31 letters or digits", |t| prefixed(t, 'R')
);
number!(
    /// An invoice's number with us, `I` and the payment's ULID: one payment, one invoice.
    InvoiceNo, "invoice_no", "I and 7 to 31 letters or digits", |t| prefixed(t, 'I')
);
number!(
    /// A bill's number, `B`, season, kind and account: the same household and season always give the same bill.
    BillNo, "bill_no", "B and 7 to 31 letters or digits", |t| prefixed(t, 'B')
);
number!(
    /// A billing run's number, `G` and a ULID.
    RunNo, "run_no", "G and 7 to 31 letters or digits", |t| prefixed(t, 'G')
);
number!(
    /// A resident (a person who signs in), `U` and a ULID.
    ResidentId, "resident_id", "U and 7 to 31 letters or digits", |t| prefixed(t, 'U')
);

impl InvoiceNo {
    /// The invoice of a payment: the payment's number with `I` in place of `P`.
    pub fn of_payment(payment_no: &PaymentNo) -> Self {
        Self(format!("I{}", &payment_no.as_str()[1..]))
    }
}

impl RefundNo {
    /// The refund of money that arrived without a right place: one a receipt, so a crash cannot open two.
    /// `receipt_hash` is letters and digits, at most 30.
    pub fn of_receipt(receipt_hash: &str) -> Result<Self, InvalidNumber> {
        Self::parse(format!("R{receipt_hash}"))
    }
}
