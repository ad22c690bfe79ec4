use heatpay_domain::{
    Channel, Fen,
    counter::Till,
    payment::{Payment, PaymentStatus},
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

/// A payment recorded at the counter.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct CounterPaymentReply {
    /// Its number.
    #[schema(schema_with = heatpay_runtime::described::payment_no)]
    payment_no: String,
    /// The household.
    #[schema(schema_with = heatpay_runtime::described::account_no)]
    account_no: String,
    /// `submitting` until it is booked, then `paid`; `reversed` when it was taken back.
    #[schema(schema_with = heatpay_runtime::described::payment_status)]
    status: PaymentStatus,
    /// What it was paid with.
    #[schema(schema_with = heatpay_runtime::described::tender)]
    channel: Channel,
    /// How much, in fen.
    #[schema(example = 223_800)]
    amount_fen: i64,
    /// The day of the till it belongs to.
    #[schema(value_type = Option<String>, format = Date, example = "2026-11-26")]
    day: Option<Date>,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Timestamp,
}

impl CounterPaymentReply {
    pub(crate) fn of(payment: &Payment) -> Self {
        Self {
            payment_no: payment.payment_no.to_string(),
            account_no: payment.account_no.to_string(),
            status: payment.status,
            channel: payment.channel,
            amount_fen: payment.amount.0,
            day: payment.counter.as_ref().map(|entry| entry.day),
            recorded_at: payment.created_at,
        }
    }
}

/// Money by tender, in fen.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tenders {
    /// 现金
    #[schema(example = 223_800)]
    pub(crate) cash_fen: i64,
    /// POS 刷卡
    #[schema(example = 0)]
    pub(crate) pos_fen: i64,
    /// 支票
    #[schema(example = 0)]
    pub(crate) cheque_fen: i64,
    /// 银行转账
    #[schema(example = 0)]
    pub(crate) transfer_fen: i64,
}

impl Tenders {
    pub(crate) fn of(till: &Till) -> Self {
        let of = |channel| till.of(channel).0;
        Self {
            cash_fen: of(Channel::Cash),
            pos_fen: of(Channel::Pos),
            cheque_fen: of(Channel::Cheque),
            transfer_fen: of(Channel::Transfer),
        }
    }

    pub(crate) fn till(self) -> Till {
        Till::new([
            (Channel::Cash, Fen(self.cash_fen)),
            (Channel::Pos, Fen(self.pos_fen)),
            (Channel::Cheque, Fen(self.cheque_fen)),
            (Channel::Transfer, Fen(self.transfer_fen)),
        ])
    }
}
