use super::{
    MessageTemplate, Platform, Weixin,
    answers::{Failure, errcode},
    token::Tokened,
    values::is_taken,
};
use axum::{
    Json,
    extract::{Query, State},
    response::Response,
};
use rusqlite::{OptionalExtension, params};
use serde_json::{Map, Value, json};

pub(super) async fn send(
    State(Weixin(platform)): State<Weixin>,
    Query(Tokened { access_token }): Query<Tokened>,
    Json(body): Json<Value>,
) -> Response {
    platform.answer("/cgi-bin/message/subscribe/send", || platform.send(&access_token, &body))
}

impl Platform {
    fn send(&self, token: &str, body: &Value) -> Result<Value, Failure> {
        self.check_token(token)?;
        let given = |name: &str| body[name].as_str().unwrap_or_default();
        let openid = given("touser");
        let known = "select 1 from weixin_people where openid = ?1";
        if self.database().query_row(known, [openid], |_| Ok(())).optional()?.is_none() {
            return Err(errcode(40003, "invalid openid"));
        }
        let Some(template) = self.account.templates.iter().find(|template| template.id == given("template_id")) else {
            return Err(errcode(40037, "invalid template_id"));
        };
        let page = given("page");
        if page.starts_with('/') || page.contains("://") {
            return Err(errcode(41030, "invalid page"));
        }
        if !["", "developer", "trial", "formal"].contains(&given("miniprogram_state")) {
            return Err(errcode(47001, "data format error"));
        }
        let Some(data) = body["data"].as_object() else { return Err(errcode(47001, "data format error")) };
        check_data(template, data)?;
        self.use_grant(openid, &template.id)?;
        let database = self.database();
        database.execute(
            "insert into weixin_messages(openid, template_id, page, data, sent_at_ms) values (?1, ?2, ?3, ?4, ?5)",
            params![openid, template.id, page, body["data"].to_string(), self.now_ms()],
        )?;
        Ok(json!({ "errcode": 0, "errmsg": "ok", "msgid": database.last_insert_rowid() }))
    }

    /// One grant carries one message.
    fn use_grant(&self, openid: &str, template_id: &str) -> Result<(), Failure> {
        let used = self.database().execute(
            "update weixin_grants set left_over = left_over - 1
                where openid = ?1 and template_id = ?2 and left_over > 0",
            params![openid, template_id],
        )?;
        if used == 0 {
            return Err(errcode(43101, "user refuse to accept the msg"));
        }
        Ok(())
    }
}

/// Every key of the template, none besides, each by the rule of its kind.
fn check_data(template: &MessageTemplate, data: &Map<String, Value>) -> Result<(), Failure> {
    let wrong = |key: &str| Err(errcode(47003, format!("argument invalid! data.{key}.value invalid")));
    if let Some(unknown) = data.keys().find(|key| !template.fields.iter().any(|(field, _)| field == *key)) {
        return wrong(unknown);
    }
    for (key, _) in &template.fields {
        match data.get(key).and_then(|entry| entry["value"].as_str()) {
            Some(value) if is_taken(key, value) => {}
            Some(_) | None => return wrong(key),
        }
    }
    Ok(())
}
