use crate::{
    App,
    limits::{allowed, proofs},
    reply::BindingReply,
    tokens::after_change,
};
use axum::{extract::State, http::StatusCode};
use heatpay_domain::AccountNo;
use heatpay_runtime::{Problem, auth::Resident, http::Json, problem::ProblemBody};
use heatpay_store::{
    households::{Binding, proves},
    residents::Bound,
};
use serde::Deserialize;

/// The longest name of a holder, in characters: companies have long ones.
const MAX_HOLDER: usize = 60;

/// A household, and the proof that it is the resident's.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewBinding {
    /// 户号
    #[schema(example = "1000000001", min_length = 4, max_length = 20, pattern = "^[A-Za-z0-9]{4,20}$")]
    account_no: String,
    /// The holder's whole name, as on the bill.
    #[schema(example = "林晓晨", min_length = 1, max_length = 60)]
    holder: String,
    /// The last four characters of the phone or of the ID number on file.
    #[schema(example = "0001", pattern = "^[0-9]{3}[0-9Xx]$")]
    last4: String,
}

/// 绑定户号
///
/// Binds a household to the resident. A wrong proof and an unknown account give the same answer; attempts are limited for the
/// resident and for the account. Binding what is bound already is no error.
#[utoipa::path(post, path = "/api/households", tag = "households", security(("token" = [])), request_body = NewBinding,
    responses(
        (status = 200, description = "Bound; go on with the new access token", body = BindingReply),
        (status = 400, description = "A value breaks its rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`too_many_households` (10 a resident), `too_many_residents` (20 a household), `changed_meanwhile`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`proof_mismatch`: no such account, or the proof is wrong", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too often; `Retry-After` says when", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn bind_household(
    State(app): State<App>,
    resident: Resident,
    Json(request): Json<NewBinding>,
) -> Result<axum::Json<BindingReply>, Problem> {
    let NewBinding { account_no, holder, last4 } = check(request)?;
    let account_no = AccountNo::parse(account_no).map_err(|invalid| Problem::invalid(invalid.reason))?;
    let now = app.clock.now();
    let limits = proofs(&resident.0.sub, &account_no);
    allowed(app.throttles.take_all(&limits, now, Vec::new()).await?)?;
    let found = app.households.find(&account_no).await?;
    if !proves(found.as_ref(), &account_no, &holder, &last4, &app.personal_data) {
        let detail = "户号、户主姓名与预留手机号或证件号后四位不一致,请核对后再试。";
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "proof_mismatch", detail));
    }
    let binding = Binding {
        account_no,
        resident_id: resident.0.sub.clone(),
        openid: resident.0.oid.clone(),
        bound_at: now,
        notices: true,
    };
    match app.residents.bind(&binding).await? {
        Bound::Now | Bound::Before => Ok(axum::Json(after_change(&app, resident.0, now).await?)),
        Bound::NoResident => Err(Problem::signed_out()),
        Bound::TooManyHouseholds => Err(Problem::conflict("too_many_households", "一个账号最多可绑定 10 个户号。")),
        Bound::TooManyResidents => {
            Err(Problem::conflict("too_many_residents", "这个户号的绑定人数已达上限,请联系客服。"))
        }
    }
}

fn check(request: NewBinding) -> Result<NewBinding, Problem> {
    let four: Vec<char> = request.last4.chars().collect();
    let digit = |c: &char| c.is_ascii_digit();
    let shaped = matches!(four.as_slice(), [rest @ .., last]
        if rest.len() == 3 && rest.iter().all(digit) && (digit(last) || matches!(last, 'X' | 'x')));
    if !shaped {
        return Err(Problem::invalid("请输入预留手机号或证件号的后四位。"));
    }
    if !(1..=MAX_HOLDER).contains(&request.holder.chars().count()) {
        return Err(Problem::invalid("请输入户主姓名,最多 60 个字。"));
    }
    Ok(request)
}
