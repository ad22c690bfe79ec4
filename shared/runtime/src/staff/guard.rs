//! What an endpoint's description says it needs is what is asked of whoever calls it: declared and enforced are one thing.

use super::{Staff, StaffTokens};
use crate::{auth::bearer, context::BootError, problem::Problem};
use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    http::Method,
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use heatpay_domain::staff::Permission;
use std::{collections::BTreeMap, sync::Arc};
use utoipa::openapi::{OpenApi, PathItem, path::Operation};

/// The member of an operation in the description that names the permission it needs.
pub const PERMISSION: &str = "x-permission";

/// The description of a staff endpoint is not whole.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum GuardError {
    /// It wants a staff token and no permission, or a permission and no staff token.
    #[error("{0}: a staff endpoint names security `staff` and its permission, another neither")]
    Half(String),
    /// There is no such permission.
    #[error("{0}: there is no permission {1}")]
    Unknown(String, String),
}

type Needed = BTreeMap<(String, Method), Permission>;

/// Puts the guard before a step's routes: an endpoint whose description has `x-permission` is answered only to signed-in staff
/// whose roles allow it, before anything of the request is read; one without is open (signing in).
pub fn guarded(router: Router, api: &OpenApi, tokens: StaffTokens) -> Result<Router, BootError> {
    let needed = needed(api)
        .map_err(|error| BootError::Unusable { what: "the description of the routes", source: error.into() })?;
    let state = (Arc::new(needed), tokens);
    Ok(router.route_layer(middleware::from_fn_with_state(state, check)))
}

async fn check(
    State((needed, tokens)): State<(Arc<Needed>, StaffTokens)>,
    path: MatchedPath,
    mut request: Request,
    next: Next,
) -> Response {
    // axum answers HEAD where there is GET.
    let method = if request.method() == Method::HEAD { Method::GET } else { request.method().clone() };
    if let Some(&permission) = needed.get(&(path.as_str().to_owned(), method)) {
        let claims = bearer(request.headers()).and_then(|token| tokens.check(token, tokens.clock.now()));
        let Some(staff) = claims.map(Staff) else { return Problem::signed_out().into_response() };
        if let Err(problem) = staff.may(permission) {
            return problem.into_response();
        }
        request.extensions_mut().insert(staff);
    }
    next.run(request).await
}

/// What each endpoint of the description needs.
fn needed(api: &OpenApi) -> Result<Needed, GuardError> {
    let mut needed = Needed::new();
    for (path, item) in &api.paths.paths {
        for (method, operation) in operations(item) {
            if let Some(permission) = permission_of(operation, &format!("{method} {path}"))? {
                needed.insert((path.clone(), method), permission);
            }
        }
    }
    Ok(needed)
}

fn operations(item: &PathItem) -> impl Iterator<Item = (Method, &Operation)> {
    let all = [
        (Method::GET, &item.get),
        (Method::PUT, &item.put),
        (Method::POST, &item.post),
        (Method::DELETE, &item.delete),
        (Method::PATCH, &item.patch),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_ref()?)))
}

fn permission_of(operation: &Operation, route: &str) -> Result<Option<Permission>, GuardError> {
    let named = operation.extensions.as_ref().and_then(|all| all.get(PERMISSION)).and_then(|value| value.as_str());
    let for_staff = operation
        .security
        .iter()
        .flatten()
        .any(|security| serde_json::to_value(security).is_ok_and(|security| security.get("staff").is_some()));
    match (named, for_staff) {
        (None, false) => Ok(None),
        (Some(_), false) | (None, true) => Err(GuardError::Half(route.to_owned())),
        (Some(name), true) => match Permission::of_name(name) {
            Some(permission) => Ok(Some(permission)),
            None => Err(GuardError::Unknown(route.to_owned(), name.to_owned())),
        },
    }
}
