use crate::{
    App,
    place::{place, resume},
    reply::PaymentReply,
};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};
use heatpay_domain::{
    AccountNo, BillNo, Channel, PaymentNo,
    calendar::civil_date,
    invoice::{InvoiceTitle, WantedTitle},
    payment::{AllocateError, Allocation, Payment, Purpose, Scene, Way, allocate, hold},
};
use heatpay_runtime::{
    Problem,
    auth::Resident,
    http::{self, Json},
    problem::ProblemBody,
};
use heatpay_store::create::{Created, IdempotencyKey};
use jiff::{SignedDuration, Timestamp};
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

/// A payment to make.
#[derive(Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPayment {
    /// The household.
    #[schema(schema_with = heatpay_runtime::described::account_no)]
    account_no: AccountNo,
    /// The bills, 1 to 20.
    #[schema(schema_with = heatpay_runtime::described::bill_nos)]
    bill_nos: Vec<BillNo>,
    /// The channel.
    #[schema(schema_with = heatpay_runtime::described::open_channel)]
    channel: Channel,
    /// How the client pays.
    #[schema(schema_with = heatpay_runtime::described::scene)]
    scene: Scene,
    /// What the resident saw as the sum, in fen; refused if it is not what is due now.
    #[schema(example = 223_800)]
    expected_fen: Option<i64>,
    /// The invoice to make once it is paid; without a name it is made out as the household is on file.
    #[schema(schema_with = heatpay_runtime::described::invoice_title_if_wanted)]
    invoice_title: Option<WantedTitle>,
}

/// 创建支付
///
/// Makes one payment for one or several bills of a household and places the order at the channel. The same
/// `Idempotency-Key` with the same body gives the same payment; with another body it is refused.
#[utoipa::path(post, path = "/api/payments", tag = "payments", security(("token" = [])),
    params(("Idempotency-Key" = String, Header, description = "幂等键: 8 to 64 letters, digits or `-`, new for every payment the resident starts", min_length = 8, max_length = 64, pattern = "^[A-Za-z0-9-]{8,64}$", example = "5f0e8c1a-7a51-4c39-9d53-1f6c8a0a6b11")),
    request_body = NewPayment,
    responses(
        (status = 201, description = "Placed: hand `client_parameters` to the channel", body = PaymentReply),
        (status = 400, description = "A value breaks its rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not a household of this resident", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "The household has no such bill", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`payment_open` (with its number), `bill_paid`, `bill_not_payable`, `earlier_season_open`, `amount_changed`, `amount_over_limit`, `bill_changed`, `in_progress`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`idempotency_key_reused` with another body, `weixin_sign_in_needed` or `alipay_sign_in_needed` for `jsapi`, `title_name_missing` for a tax number without the company's name, or `payment_refused` by the channel", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The channel has no answer: try again with the same key", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn create_payment(
    State(app): State<App>,
    resident: Resident,
    headers: HeaderMap,
    Json(request): Json<NewPayment>,
) -> Result<(StatusCode, axum::Json<PaymentReply>), Problem> {
    let key = idempotency_key(&resident, &headers, &request)?;
    resident.household(request.account_no.as_str())?;
    check((request.channel, request.scene), &resident)?;
    let title = invoice_title(&app, &request).await?;
    let now = app.clock.now();
    // A bill may change between reading and writing: read again, a few times at most.
    for _ in 0..3 {
        let bills = app.bills.of_household(&request.account_no).await?;
        let allocations = match allocate(&bills, &request.bill_nos, civil_date(now)) {
            Ok(allocations) => allocations,
            Err(refusal) => return repeat_or_refuse(&app, &key, refusal, &headers, now).await,
        };
        let payment = new_payment(&app, &resident, &request, title.as_ref(), allocations, now)?;
        let held = hold(&payment, &bills);
        let ask_at = now + SignedDuration::from_secs(15);
        match app.new_payments.create(&payment, &held, &key, ask_at).await? {
            Created::Now => return place(&app, payment, client_ip(&headers)).await,
            Created::Before(payment_no) => return repeat(&app, &payment_no, &headers, now).await,
            Created::OtherBody => return Err(key_reused()),
            Created::Raced => {}
        }
    }
    Err(Problem::conflict("bill_changed", "账单刚刚有变化,请刷新后再试。"))
}

pub(crate) fn idempotency_key(
    resident: &Resident,
    headers: &HeaderMap,
    request: &impl Serialize,
) -> Result<IdempotencyKey, Problem> {
    let key = http::idempotency_key(headers)?;
    let body = serde_json::to_vec(request).map_err(|e| Problem::internal(&e))?;
    Ok(IdempotencyKey {
        resident_id: resident.0.sub.clone(),
        key: key.to_owned(),
        body_hash: hex::encode(digest(&SHA256, &body)),
    })
}

pub(crate) fn check((channel, scene): (Channel, Scene), resident: &Resident) -> Result<(), Problem> {
    if scene != Scene::Jsapi || payer((channel, scene), resident).is_some() {
        return Ok(());
    }
    let needed = |code, detail| Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail));
    match channel {
        Channel::Wechatpay => needed("weixin_sign_in_needed", "请在微信小程序中登录后使用微信支付。"),
        Channel::Alipay => needed("alipay_sign_in_needed", "请在支付宝小程序中登录后使用支付宝支付。"),
        // No mini-program of theirs: the channel itself refuses the scene, or there is no such channel online.
        Channel::Unionpay
        | Channel::Cash
        | Channel::Pos
        | Channel::Cheque
        | Channel::Transfer
        | Channel::Prepayment => Ok(()),
    }
}

/// The payer as the channel's own mini-program knows him, where that is where he pays.
pub(crate) fn payer((channel, scene): (Channel, Scene), resident: &Resident) -> Option<&String> {
    match (scene, channel) {
        (Scene::Jsapi, Channel::Wechatpay) => resident.0.oid.as_ref(),
        (Scene::Jsapi, Channel::Alipay) => resident.0.ali.as_ref(),
        (
            Scene::Jsapi,
            Channel::Unionpay
            | Channel::Cash
            | Channel::Pos
            | Channel::Cheque
            | Channel::Transfer
            | Channel::Prepayment,
        )
        | (Scene::H5 | Scene::Native | Scene::Page | Scene::App | Scene::Counter | Scene::Balance, _) => None,
    }
}

/// Whom the invoice will be made out to. One read where that is the household itself.
async fn invoice_title(app: &App, request: &NewPayment) -> Result<Option<InvoiceTitle>, Problem> {
    let Some(wanted) = &request.invoice_title else { return Ok(None) };
    if let Some(named) = wanted.named().map_err(Problem::title)? {
        return Ok(Some(named));
    }
    let household = app.households.find(&request.account_no).await?;
    let household = household.ok_or_else(|| Problem::missing("没有找到这个户号。"))?;
    app.titles.of_household(wanted, &household).map(Some).map_err(|e| Problem::internal(&e))
}

fn new_payment(
    app: &App,
    resident: &Resident,
    request: &NewPayment,
    title: Option<&InvoiceTitle>,
    allocations: Vec<Allocation>,
    now: Timestamp,
) -> Result<Payment, Problem> {
    let merchant = app.channels.get(request.channel).map_err(|_| Problem::invalid("暂不支持这种支付方式。"))?;
    let way = Way { channel: request.channel, merchant: merchant.merchant().to_owned(), scene: request.scene };
    let payment_no = PaymentNo::from_ulid(&app.ids.ulid(now)).map_err(|e| Problem::internal(&e))?;
    let purpose = Purpose::Bills(allocations);
    let payment = Payment::new(payment_no, request.account_no.clone(), way, purpose, now, Some(app.lifetime));
    let payment = payment.ok_or_else(|| Problem::allocation(&AllocateError::OverLimit))?;
    let amount = payment.amount;
    if request.expected_fen.is_some_and(|expected| expected != amount.0) {
        return Err(Problem::conflict("amount_changed", "应缴金额有变化,请刷新后确认。").about(amount.0.to_string()));
    }
    Ok(Payment {
        invoice_title_sealed: title.map(|title| app.titles.seal_for_payment(&payment.payment_no, title)),
        ..by_resident(payment, resident)
    })
}

/// The resident's own: whose it is, and from which account of the channel it is paid.
pub(crate) fn by_resident(payment: Payment, resident: &Resident) -> Payment {
    Payment {
        resident_id: Some(resident.0.sub.clone()),
        openid: payer((payment.channel, payment.scene), resident).cloned(),
        ..payment
    }
}

/// The bills refuse the request. That is also what a repeat of a request looks like, whose payment holds the bills already.
async fn repeat_or_refuse(
    app: &App,
    key: &IdempotencyKey,
    refusal: AllocateError,
    headers: &HeaderMap,
    now: Timestamp,
) -> Result<(StatusCode, axum::Json<PaymentReply>), Problem> {
    match app.new_payments.made_before(key).await? {
        Some(Created::Before(payment_no)) => repeat(app, &payment_no, headers, now).await,
        Some(Created::OtherBody) => Err(key_reused()),
        Some(Created::Now | Created::Raced) | None => Err(Problem::allocation(&refusal)),
    }
}

pub(crate) async fn repeat(
    app: &App,
    payment_no: &PaymentNo,
    headers: &HeaderMap,
    now: Timestamp,
) -> Result<(StatusCode, axum::Json<PaymentReply>), Problem> {
    let payment = app.payments.find(payment_no).await?.ok_or_else(|| Problem::missing("没有找到这笔支付。"))?;
    resume(app, payment, client_ip(headers), now).await
}

pub(crate) fn key_reused() -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", "这个 Idempotency-Key 已用于另一个请求。")
}

/// The payer's address as the gateway saw it, which it appends; H5 orders must name it.
pub(crate) fn client_ip(headers: &HeaderMap) -> Option<String> {
    let forwarded = headers.get("x-forwarded-for")?.to_str().ok()?;
    let ip = forwarded.rsplit(',').next()?.trim();
    ip.parse::<std::net::IpAddr>().ok().map(|ip| ip.to_string())
}
