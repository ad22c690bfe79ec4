//! The company's people sign in, with a password and the code of their authenticator, and an administrator says who they are, what
//! they may do and in which branches. What a person may do stands in the access token; what must not wait until it is over asks
//! the tables.

mod account;
mod change;
mod change_password;
mod codes;
mod confirm;
mod disable;
mod enrol;
mod enter;
mod first_administrator;
mod given;
mod list;
mod own_rights;
mod passwords;
mod prove;
mod refresh;
mod reply;
mod reset;
mod sign_in;
mod sign_out;
mod tokens;

use axum::Router;
use heatpay_ports::{Clock, Ids};
use heatpay_runtime::{
    BootError, Context,
    personal_data::PersonalData,
    staff::{StaffTokens, guarded},
};
use heatpay_store::{
    operations::Operations,
    sessions::{Failures, StaffSessions, Throttles},
    staff::{Presence, StaffMembers},
};
use passwords::Passwords;
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

#[derive(Clone)]
pub(crate) struct App {
    tokens: StaffTokens,
    members: StaffMembers,
    sessions: StaffSessions,
    presence: Presence,
    failures: Failures,
    throttles: Throttles,
    operations: Operations,
    passwords: Passwords,
    personal_data: Arc<PersonalData>,
    /// The keyed hash of the one-time secret.
    first_code: Arc<str>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
}

/// The step's routes.
pub async fn router(context: Context) -> Result<Router, BootError> {
    let personal_data = PersonalData::new(&context.secret("PERSONAL_DATA_SECRET_ID").await?)
        .map_err(|error| BootError::Unusable { what: "the personal-data secret", source: Box::new(error) })?;
    let first: first_administrator::OneTimeSecret = context.secret("FIRST_ADMINISTRATOR_SECRET_ID").await?;
    let app = App {
        tokens: StaffTokens::of(&context).await?,
        members: StaffMembers::of(&context)?,
        sessions: StaffSessions::of(&context)?,
        presence: Presence::of(&context)?,
        failures: Failures::of(&context)?,
        throttles: Throttles::of(&context)?,
        operations: Operations::of(&context).await?,
        passwords: Passwords::of(&context.settings)?,
        first_code: first.hash(&personal_data).into(),
        personal_data: Arc::new(personal_data),
        clock: context.clock,
        ids: context.ids,
    };
    let tokens = app.tokens.clone();
    let (router, api) = routes().split_for_parts();
    guarded(router.with_state(app), &api, tokens)
}

/// What the routes take and answer.
pub fn openapi() -> utoipa::openapi::OpenApi {
    routes().into_openapi()
}

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(sign_in::sign_in_staff, sign_out::sign_out_staff))
        .routes(routes!(refresh::refresh_staff_session))
        .routes(routes!(first_administrator::enter_first_administrator))
        .routes(routes!(enrol::enrol_staff))
        .routes(routes!(confirm::confirm_enrolment))
        .routes(routes!(account::show_staff_account))
        .routes(routes!(change_password::change_staff_password))
        .routes(routes!(list::list_staff, enter::enter_staff))
        .routes(routes!(change::change_staff))
        .routes(routes!(disable::disable_staff))
        .routes(routes!(reset::reset_staff))
}
