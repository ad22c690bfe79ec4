use crate::database::Broken;
use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde_json::{Value, json};

/// Why there is no success.
#[derive(Debug)]
pub(super) enum Failure {
    /// The gateway refuses: HTTP 4xx or 5xx.
    Gateway {
        status: StatusCode,
        code: String,
        message: String,
    },
    /// The business refuses: HTTP 200 with another code.
    Business {
        code: String,
        message: String,
    },
    Broken(Broken),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Broken(error.into())
    }
}

pub(super) fn gateway(status: StatusCode, code: &str, message: impl Into<String>) -> Failure {
    Failure::Gateway { status, code: code.to_owned(), message: message.into() }
}

pub(super) fn business(code: &str, message: impl Into<String>) -> Failure {
    Failure::Business { code: code.to_owned(), message: message.into() }
}

pub(super) fn respond(request_id: &str, host: &str, answer: Result<Value, Failure>) -> Response {
    match answer {
        Ok(mut body) => {
            body["Code"] = "OK".into();
            body["Message"] = "OK".into();
            body["RequestId"] = request_id.into();
            Json(body).into_response()
        }
        Err(Failure::Business { code, message }) => {
            Json(json!({ "Code": code, "Message": message, "RequestId": request_id })).into_response()
        }
        Err(Failure::Gateway { status, code, message }) => {
            let recommend = format!("https://api.aliyun.com/troubleshoot?q={code}&product=Dysmsapi");
            let body = json!({
                "Code": code, "Message": message, "RequestId": request_id, "HostId": host, "Recommend": recommend,
            });
            (status, Json(body)).into_response()
        }
        Err(Failure::Broken(broken)) => broken.into_response(),
    }
}
