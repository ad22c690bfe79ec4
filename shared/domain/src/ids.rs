//! The numbers of the trade. Parsed once at the edge, never checked again inside.

use crate::{Channel, Season, bill::BillKind, fingerprint::fingerprint};
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
    /// The same for a resident or a clerk, in one line.
    pub reason: &'static str,
}

macro_rules! number {
    ($(#[$doc:meta])* $name:ident, $what:literal, $rule:literal, $reason:literal, $ok:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Parses the number; the error names the rule it breaks.
            pub fn parse(text: impl Into<String>) -> Result<Self, InvalidNumber> {
                let text = text.into();
                let ok: fn(&str) -> bool = $ok;
                if ok(&text) { Ok(Self(text)) } else { Err(InvalidNumber { what: $what, rule: $rule, reason: $reason }) }
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
    AccountNo, "account_no", "4 to 20 letters or digits", "户号应为 4 至 20 位字母或数字", |t| letters_and_digits(t, 4, 20)
);
number!(
    /// A payment's number, `P` and a ULID; it is the `out_trade_no` at every channel and is never used again.
    PaymentNo, "payment_no", "P and 7 to 31 letters or digits", "缴费单号应以 P 开头，8 至 32 位字母或数字", |t| prefixed(t, 'P')
);
number!(
    /// A refund's number, `R` and a ULID; it is the `out_refund_no` at the channel.
    RefundNo, "refund_no", "R and 7 to 31 letters or digits", "退款单号应以 R 开头，8 至 32 位字母或数字", |t| prefixed(t, 'R')
);
number!(
    /// An invoice's number with us, `I` and the payment's ULID: one payment, one invoice.
    InvoiceNo, "invoice_no", "I and 7 to 31 letters or digits", "发票申请号应以 I 开头，8 至 32 位字母或数字", |t| prefixed(t, 'I')
);
number!(
    /// A bill's number, `B`, season, kind and account: the same household and season always give the same bill.
    BillNo, "bill_no", "B and 7 to 31 letters or digits", "账单号应以 B 开头，8 至 32 位字母或数字", |t| prefixed(t, 'B')
);
number!(
    /// A billing run's number, `G` and a ULID.
    RunNo, "run_no", "G and 7 to 31 letters or digits", "出账批次号应以 G 开头，8 至 32 位字母或数字", |t| prefixed(t, 'G')
);
number!(
    /// A reported fault's number, `F` and the first 26 digits of the SHA-256 of the request that made it.
    RepairNo, "repair_no", "F and 7 to 31 letters or digits", "报修单号应以 F 开头，8 至 32 位字母或数字", |t| prefixed(t, 'F')
);
number!(
    /// A resident (a person who signs in), `U` and a ULID.
    ResidentId, "resident_id", "U and 7 to 31 letters or digits", "用户编号应以 U 开头，8 至 32 位字母或数字", |t| prefixed(t, 'U')
);

number!(
    /// A notification's number, `N` and a fingerprint of what it tells to whom: telling twice is the same notification.
    NotificationNo, "notification_no", "N and 7 to 31 letters or digits", "通知编号应以 N 开头，8 至 32 位字母或数字",
    |t| prefixed(t, 'N')
);

number!(
    /// 工号: a member of staff, `E` and a ULID; never given to another person.
    StaffNo, "staff_no", "E and 7 to 31 letters or digits", "员工编号应以 E 开头，8 至 32 位字母或数字", |t| prefixed(t, 'E')
);

number!(
    /// 凭证号: of a receipt book, a POS slip, a cheque, a bank's transfer: 1–32 letters, digits or `-`, unique in its branch.
    VoucherNo, "voucher_no", "1 to 32 letters, digits or -", "凭证号应为 1 至 32 位字母、数字或 -",
    |t| (1..=32).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
);

number!(
    /// 差异编号: a difference of a reconciliation, `D` and a fingerprint of what differs: found again it is the same case.
    CaseNo, "case_no", "D and 7 to 31 letters or digits", "差异编号应以 D 开头，8 至 32 位字母或数字", |t| prefixed(t, 'D')
);

impl CaseNo {
    /// The number that the parts of its cause always give.
    pub fn of_cause(parts: &[&str]) -> Self {
        Self(format!("D{}", fingerprint(parts)))
    }
}

impl StaffNo {
    /// The staff number from a fresh ULID.
    pub fn from_ulid(ulid: &str) -> Result<Self, InvalidNumber> {
        Self::parse(format!("E{ulid}"))
    }
}

impl PaymentNo {
    /// The payment's number from a fresh ULID.
    pub fn from_ulid(ulid: &str) -> Result<Self, InvalidNumber> {
        Self::parse(format!("P{ulid}"))
    }
}

impl PaymentNo {
    /// The payment that a voucher of a branch stands for: the same voucher is the same payment.
    pub fn of_voucher(channel: Channel, branch: &str, voucher_no: &VoucherNo) -> Self {
        Self(format!("P{}", fingerprint(&[channel.name(), branch, voucher_no.as_str()])))
    }
}

impl RunNo {
    /// The billing run's number from a fresh ULID.
    pub fn from_ulid(ulid: &str) -> Result<Self, InvalidNumber> {
        Self::parse(format!("G{ulid}"))
    }
}

impl ResidentId {
    /// The resident's number from a fresh ULID.
    pub fn from_ulid(ulid: &str) -> Result<Self, InvalidNumber> {
        Self::parse(format!("U{ulid}"))
    }
}

impl RepairNo {
    /// The report that a request makes: `digest` is the SHA-256, in hexadecimal digits, of who asks and his key. The same
    /// request again names the same report.
    pub fn of_request(digest: &str) -> Result<Self, InvalidNumber> {
        Self::parse(format!("F{}", digest.get(..26).unwrap_or_default().to_ascii_uppercase()))
    }
}

impl InvoiceNo {
    /// The invoice of a payment: the payment's number with `I` in place of `P`.
    pub fn of_payment(payment_no: &PaymentNo) -> Self {
        Self(format!("I{}", &payment_no.as_str()[1..]))
    }

    /// The invoice for what is kept after a refund that staff opened: the refund's number with `I` in place of `R`.
    pub fn after_refund(refund_no: &RefundNo) -> Self {
        Self(format!("I{}", &refund_no.as_str()[1..]))
    }
}

impl BillNo {
    /// The bill of a household for a season: `B2026S1000000001`, prior arrears `B2025A1000000001`.
    pub fn of(season: Season, kind: BillKind, account_no: &AccountNo) -> Self {
        let kind = match kind {
            BillKind::Season => 'S',
            BillKind::PriorArrears => 'A',
        };
        Self(format!("B{:04}{kind}{account_no}", season.start_year()))
    }
}

impl NotificationNo {
    /// The number that the parts of its cause always give.
    pub fn of_cause(parts: &[&str]) -> Self {
        Self(format!("N{}", fingerprint(parts)))
    }
}

impl RefundNo {
    /// A refund that staff opens, from a fresh ULID.
    pub fn from_ulid(ulid: &str) -> Result<Self, InvalidNumber> {
        Self::parse(format!("R{ulid}"))
    }

    /// The refund of money that arrived without a right place: one a receipt, so a crash cannot open two.
    pub fn of_receipt(receipt_no: &ReceiptNo) -> Self {
        Self(format!("R{}", fingerprint(&[receipt_no.as_str()])))
    }

    /// The number of the n-th attempt at the channel. A refund that a channel closed is dead there: its money can only
    /// go back under another number (WeChat Pay `CLOSED`). The first attempt has the refund's own number.
    pub fn attempt(&self, attempt: u32) -> Result<Self, InvalidNumber> {
        if attempt <= 1 { Ok(self.clone()) } else { Self::parse(format!("{self}A{attempt}")) }
    }

    /// The refund an attempt's number belongs to: the first 27 characters.
    pub fn of_attempt(&self) -> Self {
        Self(self.0.chars().take(27).collect())
    }
}

/// A receipt's identity, `<channel>#<channel transaction>`: money that a channel took once is received once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReceiptNo(String);

impl ReceiptNo {
    /// The receipt of a channel's transaction.
    pub fn of(channel: Channel, channel_txn: &str) -> Self {
        Self(format!("{}#{channel_txn}", channel.name()))
    }

    /// The money came by that channel.
    pub fn is_of(&self, channel: Channel) -> bool {
        self.0.split_once('#').is_some_and(|(name, _)| name == channel.name())
    }

    /// The receipt number as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ReceiptNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
