use crate::App;
use heatpay_domain::payment::{Allocation, Payment, PaymentStatus};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

/// A payment as its client sees it.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct PaymentReply {
    /// Its number, also at the channel.
    #[schema(example = "P01KB1Q2Z3A4B5C6D7E8F9G0H1J")]
    payment_no: String,
    /// The household.
    account_no: String,
    /// `submitting`, `pending`, `closing` (open) or `paid`, `closed`, `rejected` (final).
    #[schema(schema_with = heatpay_runtime::described::payment_status)]
    status: PaymentStatus,
    /// The sum, in fen.
    #[schema(example = 223_800)]
    amount_fen: i64,
    /// What of it is paid ahead (预存), for bills to come, in fen.
    #[schema(example = 0)]
    prepaid_fen: i64,
    /// What it pays; nothing where it is paid ahead.
    bills: Vec<PaidBill>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// From then on the channel refuses the payer.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// When the channel took the money.
    #[schema(value_type = Option<String>, format = DateTime)]
    paid_at: Option<Timestamp>,
    /// What the client hands to the channel while the payment is `pending`: for `jsapi` the arguments of
    /// `wx.requestPayment` or `my.tradePay`, for `h5` `h5_url`, for `page` `page_url`, for `native` `code_url`.
    /// By 银联 for `h5` and `page` a form: the browser posts every entry but `form_action` to that address; for `app` the `tn` and
    /// `mode` of its plug-in.
    client_parameters: Option<BTreeMap<String, String>>,
}

/// One bill in a payment.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct PaidBill {
    /// The bill.
    bill_no: String,
    /// Its season.
    #[schema(example = "2026-2027")]
    season: String,
    /// Principal, in fen.
    principal_fen: i64,
    /// Late fee, in fen.
    late_fee_fen: i64,
    /// Early-payment discount, in fen.
    discount_fen: i64,
}

impl PaymentReply {
    pub(crate) fn of(app: &App, payment: &Payment, now: Timestamp) -> Self {
        let client_parameters = payment
            .handle
            .as_deref()
            .filter(|_| payment.status == PaymentStatus::Pending)
            .zip(app.channels.get(payment.channel).ok())
            .map(|(handle, channel)| channel.client_parameters(payment.scene, handle, now));
        Self {
            payment_no: payment.payment_no.to_string(),
            account_no: payment.account_no.to_string(),
            status: payment.status,
            amount_fen: payment.amount.0,
            prepaid_fen: payment.prepaid.0,
            bills: payment.allocations.iter().map(PaidBill::of).collect(),
            created_at: payment.created_at,
            expires_at: payment.expires_at,
            paid_at: payment.paid_at,
            client_parameters,
        }
    }
}

impl PaidBill {
    fn of(part: &Allocation) -> Self {
        Self {
            bill_no: part.bill_no.to_string(),
            season: part.season.to_string(),
            principal_fen: part.principal.0,
            late_fee_fen: part.late_fee.0,
            discount_fen: part.discount.0,
        }
    }
}
