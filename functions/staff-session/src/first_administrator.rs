use crate::{
    App,
    codes::new_code,
    given,
    prove::allowed,
    reply::{InvitedStaff, StaffView},
};
use axum::{extract::State, http::StatusCode};
use heatpay_domain::{
    StaffNo,
    staff::{Branches, LoginName, Role, StaffEvent, StaffMember, StaffStatus, check_name},
};
use heatpay_runtime::{Problem, http::Json, personal_data::PersonalData, problem::ProblemBody};
use heatpay_store::{
    operations::Operation,
    sessions::Limit,
    staff::{Entered, FirstAdministrator, NewMember},
};
use jiff::Timestamp;
use serde::Deserialize;
use std::collections::BTreeSet;

const PURPOSE: &str = "first-administrator";

/// The secret that makes the first administrator, made by chance when the stack was.
#[derive(Deserialize)]
pub(crate) struct OneTimeSecret {
    code: String,
}

impl OneTimeSecret {
    pub(crate) fn hash(&self, personal_data: &PersonalData) -> String {
        personal_data.lookup(PURPOSE, &self.code)
    }
}

/// Who wants to be the first administrator.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FirstAdministratorWanted {
    /// The code in the secret `FirstAdministratorSecret`.
    #[schema(min_length = 32, max_length = 128)]
    secret: String,
    /// What he will sign in as.
    #[schema(example = "admin", min_length = 3, max_length = 32, pattern = "^[a-z][a-z0-9._-]{2,31}$")]
    login_name: String,
    /// His name.
    #[schema(
        example = "王建国",
        min_length = 1,
        max_length = 40,
        pattern = r"^[^<>\s\u0000-\u001F\u007F-\u009F]([^<>\u0000-\u001F\u007F-\u009F]*[^<>\s\u0000-\u001F\u007F-\u009F])?$"
    )]
    name: String,
}

/// 首位管理员
///
/// Enters the first administrator, with the one-time secret; he then enrols like everybody. The secret is used once he has
/// enrolled; until then it gives the same person another code.
#[utoipa::path(post, path = "/api/staff/first-administrator", tag = "staff", request_body = FirstAdministratorWanted,
    responses(
        (status = 201, description = "Entered; he enrols with the code", body = InvitedStaff),
        (status = 400, description = "A value breaks its rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`already_set_up`: the secret was used; `login_taken`; `changed_meanwhile`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`secret_wrong`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too often; `Retry-After` says when", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn enter_first_administrator(
    State(app): State<App>,
    Json(request): Json<FirstAdministratorWanted>,
) -> Result<(StatusCode, axum::Json<InvitedStaff>), Problem> {
    let login_name = given::login_name(request.login_name)?;
    if !check_name(&request.name) {
        return Err(Problem::invalid("姓名应为 1 至 40 个字符。"));
    }
    if !(32..=128).contains(&request.secret.chars().count()) {
        return Err(Problem::invalid("一次性密钥的格式不正确。"));
    }
    let now = app.clock.now();
    allowed(app.throttles.take(&Limit::Within { key: PURPOSE.to_owned(), seconds: 3600, times: 20 }, now).await?)?;
    if !app.personal_data.matches(PURPOSE, &request.secret, &app.first_code) {
        let detail = "一次性密钥不正确。";
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "secret_wrong", detail));
    }
    let invited = match app.members.first_administrator().await? {
        None => enter(&app, login_name, request.name, now).await?,
        Some(FirstAdministrator { staff_no, enrolled: false }) => another_code(&app, &staff_no, now).await?,
        Some(FirstAdministrator { enrolled: true, .. }) => {
            return Err(Problem::conflict("already_set_up", "首位管理员已设置完成,一次性密钥已失效。"));
        }
    };
    Ok((StatusCode::CREATED, axum::Json(invited)))
}

async fn enter(app: &App, login_name: LoginName, name: String, now: Timestamp) -> Result<InvitedStaff, Problem> {
    let member = StaffMember {
        staff_no: StaffNo::from_ulid(&app.ids.ulid(now)).map_err(|error| Problem::internal(&error))?,
        login_name,
        name,
        roles: BTreeSet::from([Role::Administrator]),
        branches: Branches::All,
        status: StaffStatus::Invited,
        generation: 1,
        created_at: now,
        version: 1,
    };
    let (enrolment_code, enrolment) = new_code(app, &member.staff_no, now);
    let number = member.staff_no.as_str();
    let operation = Operation::new(&member.staff_no, "enter_first_administrator", "staff", number, now).after(&member);
    let entry = app.operations.next(operation).await?;
    let new = NewMember { member: &member, enrolment: &enrolment, first: true };
    match app.members.enter(new, &entry).await? {
        Entered::Now => {
            Ok(InvitedStaff { staff: StaffView::of(member), enrolment_code, enrolment_until: enrolment.until })
        }
        Entered::LoginTaken => Err(crate::enter::login_taken()),
    }
}

/// He did not get the first code, or it is over.
async fn another_code(app: &App, staff_no: &StaffNo, now: Timestamp) -> Result<InvitedStaff, Problem> {
    let before = app.members.find(staff_no).await?.ok_or_else(given::nobody)?;
    let status = before.status.on(StaffEvent::Reset).map_err(|error| Problem::internal(&error))?;
    let after =
        StaffMember { status, generation: before.generation + 1, version: before.version + 1, ..before.clone() };
    let (enrolment_code, enrolment) = new_code(app, staff_no, now);
    let operation = Operation::new(staff_no, "reset_first_administrator", "staff", staff_no.as_str(), now);
    let entry = app.operations.next(operation.before(&before).after(&after)).await?;
    app.members.reset(&after, &enrolment, true, &entry).await?;
    Ok(InvitedStaff { staff: StaffView::of(after), enrolment_code, enrolment_until: enrolment.until })
}
