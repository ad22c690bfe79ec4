use super::Platform;
use crate::database::Broken;
use axum::{
    Json,
    response::{IntoResponse, Response},
};
use rusqlite::{OptionalExtension, params};
use serde_json::{Value, json};

/// Why there is no success.
#[derive(Debug)]
pub(super) enum Failure {
    Errcode(i64, String),
    Broken(Broken),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Broken(error.into())
    }
}

pub(super) fn errcode(code: i64, message: impl Into<String>) -> Failure {
    Failure::Errcode(code, message.into())
}

impl Platform {
    /// One call: the answer a switch has put in front of the path, or the real one.
    pub(super) fn answer(&self, path: &str, real: impl FnOnce() -> Result<Value, Failure>) -> Response {
        let answer = match self.next_answer(path) {
            Ok(Some(code)) => Err(errcode(code, "switched on at the desk")),
            Ok(None) => real(),
            Err(error) => Err(error.into()),
        };
        match answer {
            Ok(body) => Json(body).into_response(),
            Err(Failure::Errcode(code, message)) => {
                let rid = self.ids.token(8);
                Json(json!({ "errcode": code, "errmsg": format!("{message} rid: {rid}") })).into_response()
            }
            Err(Failure::Broken(broken)) => broken.into_response(),
        }
    }

    fn next_answer(&self, path: &str) -> rusqlite::Result<Option<i64>> {
        let sql = "delete from weixin_next_answers where id =
            (select min(id) from weixin_next_answers where path = ?1) returning errcode";
        self.database().query_row(sql, params![path], |row| row.get(0)).optional()
    }
}
