use crate::{App, reply::BoundHousehold, tokens::shown};
use axum::extract::State;
use heatpay_domain::{
    ResidentId,
    masking::{mask_openid, mask_phone},
};
use heatpay_runtime::{Problem, auth::Resident, personal_data::CannotOpen, problem::ProblemBody};
use heatpay_store::residents::{Account, GrantLeft, Identity};
use jiff::Timestamp;
use serde::Serialize;

/// What is kept about the resident himself.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct AccountReply {
    /// His number.
    #[schema(value_type = String, example = "U01KB1Q2Z3A4B5C6D7E8F9G0H1J")]
    resident_id: ResidentId,
    /// When he signed in for the first time.
    #[schema(value_type = String, format = DateTime)]
    first_seen_at: Timestamp,
    /// What he signs in by.
    identities: Vec<ShownIdentity>,
    /// The households bound to him, by account number.
    households: Vec<BoundHousehold>,
    /// The WeChat messages he has agreed to.
    grants: Vec<ShownGrant>,
}

/// What a resident signs in by.
#[derive(Serialize, utoipa::ToSchema)]
struct ShownIdentity {
    /// By what.
    kind: IdentityKind,
    /// His openid or his mobile number, masked.
    #[schema(example = "138****5678")]
    shown: String,
}

/// `weixin`, `alipay`: through the mini-program there; `phone`: by an SMS code.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum IdentityKind {
    Weixin,
    Alipay,
    Phone,
}

/// How many messages of a template may still be sent.
#[derive(Serialize, utoipa::ToSchema)]
struct ShownGrant {
    /// WeChat's number of the template.
    template_id: String,
    /// How many.
    #[schema(example = 1)]
    left: u32,
}

/// 我的个人信息
///
/// A copy of what is kept about the resident himself (个人信息保护法 第四十五条), masked as it is everywhere. Bills, payments,
/// refunds and invoices belong to the households and stand in their own lists.
#[utoipa::path(get, path = "/api/account", tag = "session", security(("token" = [])),
    responses(
        (status = 200, description = "What is kept about the resident", body = AccountReply),
        (status = 401, description = "Signed out, or the account was deleted", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn show_account(
    State(app): State<App>,
    resident: Resident,
) -> Result<axum::Json<AccountReply>, Problem> {
    let resident_id = resident.0.sub;
    let account = app.residents.account(&resident_id).await?;
    let first_seen_at = account.created_at.ok_or_else(Problem::signed_out)?;
    let identities = identities(&app, &resident_id, &account).map_err(|error| Problem::internal(&error))?;
    let households = shown(&app, &account.households).await?;
    let grants = account.grants.into_iter().map(ShownGrant::of).collect();
    Ok(axum::Json(AccountReply { resident_id, first_seen_at, identities, households, grants }))
}

fn identities(app: &App, resident_id: &ResidentId, account: &Account) -> Result<Vec<ShownIdentity>, CannotOpen> {
    let phone = account.phone_sealed.as_deref();
    let phone = phone.map(|sealed| app.personal_data.open(&phone_place(resident_id), sealed)).transpose()?;
    let shown = account.identities.iter().map(|identity| match identity {
        Identity::Weixin { openid, .. } => ShownIdentity { kind: IdentityKind::Weixin, shown: mask_openid(openid) },
        Identity::Alipay { open_id, .. } => ShownIdentity { kind: IdentityKind::Alipay, shown: mask_openid(open_id) },
        Identity::Phone { .. } => {
            ShownIdentity { kind: IdentityKind::Phone, shown: phone.as_deref().map(mask_phone).unwrap_or_default() }
        }
    });
    Ok(shown.collect())
}

/// Where a resident's number is sealed.
pub(crate) fn phone_place(resident_id: &ResidentId) -> String {
    format!("{resident_id}#phone")
}

impl ShownGrant {
    fn of(GrantLeft { template_id, left }: GrantLeft) -> Self {
        Self { template_id, left }
    }
}
