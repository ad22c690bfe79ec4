use crate::{
    App,
    create::{by_resident, check, client_ip, idempotency_key, key_reused, repeat},
    place::place,
    reply::PaymentReply,
};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};
use heatpay_domain::{
    AccountNo, Channel, Fen, PaymentNo,
    payment::{AllocateError, Payment, Purpose, Scene, Way},
    prepayment,
};
use heatpay_runtime::{Problem, auth::Resident, http::Json, problem::ProblemBody};
use heatpay_store::create::Created;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Money to pay ahead.
#[derive(Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPrepayment {
    /// The household.
    #[schema(schema_with = heatpay_runtime::described::account_no)]
    account_no: AccountNo,
    /// How much, in fen: 1 yuan at least.
    #[schema(example = 200_000, minimum = 100, maximum = 1_000_000_000)]
    amount_fen: i64,
    /// The channel.
    #[schema(schema_with = heatpay_runtime::described::open_channel)]
    channel: Channel,
    /// How the client pays.
    #[schema(schema_with = heatpay_runtime::described::scene)]
    scene: Scene,
}

/// 预存热费
///
/// Makes one payment of money that a household pays ahead and places the order at the channel. Its next bills draw on it by
/// themselves when they are issued. Only where nothing is owed, and up to the company's limit. The same `Idempotency-Key` with the same
/// body gives the same payment.
#[utoipa::path(post, path = "/api/prepayments", tag = "payments", security(("token" = [])),
    params(("Idempotency-Key" = String, Header, description = "幂等键: 8 to 64 letters, digits or `-`, new for every payment the resident starts", min_length = 8, max_length = 64, pattern = "^[A-Za-z0-9-]{8,64}$", example = "5f0e8c1a-7a51-4c39-9d53-1f6c8a0a6b11")),
    request_body = NewPrepayment,
    responses(
        (status = 201, description = "Placed: hand `client_parameters` to the channel", body = PaymentReply),
        (status = 400, description = "A value breaks its rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not a household of this resident", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "The household is no longer there", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`bills_owed` (with the bill): it is paid first; `prepayment_over_limit`; `in_progress`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`idempotency_key_reused` with another body, `weixin_sign_in_needed` or `alipay_sign_in_needed` for `jsapi`, or `payment_refused` by the channel", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The channel has no answer: try again with the same key", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn create_prepayment(
    State(app): State<App>,
    resident: Resident,
    headers: HeaderMap,
    Json(request): Json<NewPrepayment>,
) -> Result<(StatusCode, axum::Json<PaymentReply>), Problem> {
    let key = idempotency_key(&resident, &headers, &request)?;
    resident.household(request.account_no.as_str())?;
    check((request.channel, request.scene), &resident)?;
    let now = app.clock.now();
    let home = app.households.home(&request.account_no).await?;
    let home = home.ok_or_else(|| Problem::missing("没有找到这个户号。"))?;
    let amount = Fen(request.amount_fen);
    if let Err(refusal) = prepayment::check(&home.bills, home.household.prepaid, amount, app.prepayment_limit) {
        // What a repeat of a request looks like, too, whose money has arrived already.
        return match app.new_payments.made_before(&key).await? {
            Some(Created::Before(payment_no)) => repeat(&app, &payment_no, &headers, now).await,
            Some(Created::OtherBody) => Err(key_reused()),
            Some(Created::Now | Created::Raced) | None => Err(Problem::prepayment(&refusal)),
        };
    }
    let payment = new_payment(&app, &resident, &request, now)?;
    let ask_at = now + SignedDuration::from_secs(15);
    match app.new_payments.create(&payment, &[], &key, ask_at).await? {
        Created::Now => place(&app, payment, client_ip(&headers)).await,
        Created::Before(payment_no) => repeat(&app, &payment_no, &headers, now).await,
        Created::OtherBody => Err(key_reused()),
        Created::Raced => Err(Problem::conflict("bill_changed", "账单刚刚有变化,请刷新后再试。")),
    }
}

fn new_payment(app: &App, resident: &Resident, request: &NewPrepayment, now: Timestamp) -> Result<Payment, Problem> {
    let merchant = app.channels.get(request.channel).map_err(|_| Problem::invalid("暂不支持这种支付方式。"))?;
    let way = Way { channel: request.channel, merchant: merchant.merchant().to_owned(), scene: request.scene };
    let payment_no = PaymentNo::from_ulid(&app.ids.ulid(now)).map_err(|e| Problem::internal(&e))?;
    let purpose = Purpose::BillsToCome(Fen(request.amount_fen));
    let payment = Payment::new(payment_no, request.account_no.clone(), way, purpose, now, Some(app.lifetime));
    let payment = payment.ok_or_else(|| Problem::allocation(&AllocateError::OverLimit))?;
    Ok(by_resident(payment, resident))
}
