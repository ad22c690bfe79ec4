use crate::database::Broken;
use axum::{
    Json,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

/// A refusal in the platform's envelope; HTTP is 200 all the same.
#[derive(Debug)]
pub(super) struct Rejection {
    code: &'static str,
    message: String,
}

/// Why there is no success.
#[derive(Debug)]
pub(super) enum Failure {
    Rejected(Rejection),
    Broken(Broken),
}

impl From<Rejection> for Failure {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        // Two calls with one order number at the same moment: the table lets one in.
        if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) {
            return rejected(DUPLICATE, "订单号重复").into();
        }
        Self::Broken(error.into())
    }
}

pub(super) fn rejected(code: &'static str, message: impl Into<String>) -> Rejection {
    Rejection { code, message: message.into() }
}

// Codes of the protocol reference.
pub(super) const TOKEN_UNKNOWN: &str = "100001";
pub(super) const TOKEN_EXPIRED: &str = "100002";
pub(super) const SIGNATURE: &str = "100007";
pub(super) const INVOICE_TYPE_CODE: &str = "20019";
pub(super) const TERMINAL: &str = "20020";
pub(super) const MISSING: &str = "70169";
pub(super) const RED_STATE: &str = "70035";
// The reference has no code for these; the numbers are the sandbox's own, the words say what is meant.
pub(super) const CREDENTIALS: &str = "100003";
pub(super) const METHOD: &str = "100004";
pub(super) const DUPLICATE: &str = "20101";
pub(super) const BREAKS_A_RULE: &str = "20102";
pub(super) const NOT_FOUND: &str = "20103";

/// The envelope around an answer.
pub(super) fn envelope(method: &str, request_id: &str, answer: Result<Value, Failure>) -> Response {
    match answer {
        Ok(response) => Json(json!({
            "method": method, "requestId": request_id, "success": true, "response": response,
        }))
        .into_response(),
        Err(Failure::Rejected(Rejection { code, message })) => Json(json!({
            "method": method, "requestId": request_id, "success": false,
            "errorResponse": { "code": code, "message": message, "subCode": "", "subMessage": "" },
        }))
        .into_response(),
        Err(Failure::Broken(broken)) => broken.into_response(),
    }
}
