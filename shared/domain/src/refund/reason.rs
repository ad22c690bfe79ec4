use crate::{receipt::StrayReason, states::names};
use serde::{Deserialize, Serialize};

/// Why staff gives money back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StaffReason {
    /// 多收: the bill asked for more than was owed.
    BilledTooMuch,
    /// 低温: the home was colder than promised; computed from the measured days.
    LowTemperature,
    /// 报停: not heated for a time; computed from the days.
    Standby,
    /// 错缴: the payer paid for another's household.
    PaidForWrongHousehold,
    /// 退预存款: the household wants back what it paid ahead.
    PrepaymentReturn,
    /// Something else, in the clerk's words.
    Other,
}

names!(StaffReason {
    BilledTooMuch => "billed_too_much",
    LowTemperature => "low_temperature",
    Standby => "standby",
    PaidForWrongHousehold => "paid_for_wrong_household",
    PrepaymentReturn => "prepayment_return",
    Other => "other",
});

impl StaffReason {
    /// The trade's word.
    pub const fn title(self) -> &'static str {
        match self {
            Self::BilledTooMuch => "多收",
            Self::LowTemperature => "低温",
            Self::Standby => "报停",
            Self::PaidForWrongHousehold => "错缴",
            Self::PrepaymentReturn => "退预存款",
            Self::Other => "其他",
        }
    }

    /// The amount follows from measured days; nobody names it.
    pub const fn is_computed(self) -> bool {
        match self {
            Self::LowTemperature | Self::Standby => true,
            Self::BilledTooMuch | Self::PaidForWrongHousehold | Self::PrepaymentReturn | Self::Other => false,
        }
    }

    /// Why the invoice is taken back, as the tax bureau names it: `01` 开票有误, `02` 销货退回, `03` 服务中止.
    pub const fn red_label(self) -> &'static str {
        match self {
            Self::BilledTooMuch | Self::PaidForWrongHousehold => "01",
            Self::LowTemperature | Self::Standby => "03",
            Self::PrepaymentReturn | Self::Other => "02",
        }
    }
}

/// Why money goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundReason {
    /// The whole receipt had no place.
    Stray(StrayReason),
    /// A part of the receipt was more than its bills still owed.
    Excess,
    /// Staff asked for it.
    Staff(StaffReason),
}

impl RefundReason {
    /// What the payer reads (WeChat Pay takes 80 characters at most).
    pub const fn text(self) -> &'static str {
        match self {
            Self::Stray(StrayReason::UnknownPayment) => "未找到对应的供热缴费单，款项原路退回",
            Self::Stray(StrayReason::PaidTwice) => "供热费重复支付，多付款项原路退回",
            Self::Stray(StrayReason::PaidLate) => "缴费单已关闭后到账，款项原路退回",
            Self::Stray(StrayReason::WrongAmount) => "到账金额与应缴金额不符，款项原路退回",
            Self::Stray(StrayReason::AfterRejection) => "缴费单已失效，款项原路退回",
            Self::Stray(StrayReason::WrongChannelOrMerchant) => "支付渠道与缴费单不符，款项原路退回",
            Self::Stray(StrayReason::NothingOwed) => "账单已结清或撤销，款项原路退回",
            Self::Stray(StrayReason::NoMoney) => "无款项到账",
            Self::Excess => "超出账单欠费的部分原路退回",
            Self::Staff(StaffReason::BilledTooMuch) => "供热费多收，多收部分原路退回",
            Self::Staff(StaffReason::LowTemperature) => "室温不达标，按规定退还热费",
            Self::Staff(StaffReason::Standby) => "报停期间的热费，按规定退还",
            Self::Staff(StaffReason::PaidForWrongHousehold) => "缴错户号，款项原路退回",
            Self::Staff(StaffReason::PrepaymentReturn) => "预存热费退回，款项原路退回",
            Self::Staff(StaffReason::Other) => "供热费退款，款项原路退回",
        }
    }

    /// The trade's word.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Stray(_) | Self::Excess => "多付",
            Self::Staff(reason) => reason.title(),
        }
    }

    /// The stable name of the reason.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stray(reason) => reason.name(),
            Self::Excess => "excess",
            Self::Staff(reason) => reason.name(),
        }
    }
}
