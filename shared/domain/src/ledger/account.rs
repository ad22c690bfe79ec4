use crate::{AccountNo, Channel, ReceiptNo};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A name in the ledger's records that means nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the ledger knows no {0}")]
pub struct UnknownName(pub String);

/// An account of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum LedgerAccount {
    /// 应收热费: what residents owe.
    Receivable,
    /// 供热收入: income from heat.
    HeatingRevenue,
    /// 应收补贴: what the second payer (finance) owes.
    SubsidyReceivable,
    /// 违约金收入: income from late fees.
    LateFeeIncome,
    /// 优惠: early-payment discounts given.
    DiscountGiven,
    /// Money that a channel holds for us until it pays out. Of the channel `prepayment` it is 预收: what households paid ahead, which
    /// we owe them.
    Clearing(Channel),
    /// 待处理款项: money that arrived without a place.
    Suspense,
    /// 渠道手续费: what the channels keep for their service.
    ChannelFee,
    /// 银行存款: money the company paid from its own account, by voucher.
    Bank,
    /// 期初: what the old system handed over.
    OpeningBalance,
}

impl LedgerAccount {
    /// Every account.
    pub fn all() -> impl Iterator<Item = Self> {
        [
            Self::Receivable,
            Self::HeatingRevenue,
            Self::SubsidyReceivable,
            Self::LateFeeIncome,
            Self::DiscountGiven,
            Self::Suspense,
            Self::ChannelFee,
            Self::Bank,
            Self::OpeningBalance,
        ]
        .into_iter()
        .chain(Channel::ALL.into_iter().map(Self::Clearing))
    }

    /// The name in records: `receivable`, `clearing:wechatpay`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Receivable => "receivable",
            Self::HeatingRevenue => "heating_revenue",
            Self::SubsidyReceivable => "subsidy_receivable",
            Self::LateFeeIncome => "late_fee_income",
            Self::DiscountGiven => "discount_given",
            Self::Clearing(Channel::Wechatpay) => "clearing:wechatpay",
            Self::Clearing(Channel::Alipay) => "clearing:alipay",
            Self::Clearing(Channel::Unionpay) => "clearing:unionpay",
            Self::Clearing(Channel::Cash) => "clearing:cash",
            Self::Clearing(Channel::Pos) => "clearing:pos",
            Self::Clearing(Channel::Cheque) => "clearing:cheque",
            Self::Clearing(Channel::Transfer) => "clearing:transfer",
            Self::Clearing(Channel::Prepayment) => "prepayment",
            Self::Suspense => "suspense",
            Self::ChannelFee => "channel_fee",
            Self::Bank => "bank",
            Self::OpeningBalance => "opening_balance",
        }
    }
}

impl fmt::Display for LedgerAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl TryFrom<String> for LedgerAccount {
    type Error = UnknownName;
    fn try_from(name: String) -> Result<Self, UnknownName> {
        Self::all().find(|account| account.name() == name).ok_or(UnknownName(name))
    }
}

impl From<LedgerAccount> for String {
    fn from(account: LedgerAccount) -> Self {
        account.name().to_owned()
    }
}

/// Whose book a posting stands in. There is no book that every payment writes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Book {
    /// A household's: `1000000001`.
    Household(AccountNo),
    /// Of the money of a receipt that has no place: `suspense#wechatpay#42…`.
    Suspense(ReceiptNo),
    /// Of the fees of a channel's statement of one day: `fees#wechatpay#2026-11-23`.
    Fees(Channel, Date),
}

const SUSPENSE: &str = "suspense#";
const FEES: &str = "fees#";

impl fmt::Display for Book {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Household(account_no) => write!(f, "{account_no}"),
            Self::Suspense(receipt_no) => write!(f, "{SUSPENSE}{receipt_no}"),
            Self::Fees(channel, day) => write!(f, "{FEES}{}#{day}", channel.name()),
        }
    }
}

impl TryFrom<String> for Book {
    type Error = UnknownName;
    fn try_from(text: String) -> Result<Self, UnknownName> {
        if let Some(receipt) = text.strip_prefix(SUSPENSE) {
            let (channel, txn) = receipt.split_once('#').ok_or_else(|| UnknownName(text.clone()))?;
            let channel = Channel::named(channel).ok_or_else(|| UnknownName(text.clone()))?;
            return Ok(Self::Suspense(ReceiptNo::of(channel, txn)));
        }
        if let Some((channel, day)) = text.strip_prefix(FEES).and_then(|rest| rest.split_once('#')) {
            let (channel, day) = (Channel::named(channel), day.parse().ok());
            return channel.zip(day).map(|(channel, day)| Self::Fees(channel, day)).ok_or(UnknownName(text));
        }
        AccountNo::parse(text.as_str()).map(Self::Household).map_err(|_| UnknownName(text))
    }
}

impl From<Book> for String {
    fn from(book: Book) -> Self {
        book.to_string()
    }
}
