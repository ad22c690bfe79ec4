use super::{
    Platform, Weixin,
    answers::{Failure, errcode},
    token::Tokened,
};
use axum::{
    Json,
    extract::{Query, State},
    response::Response,
};
use serde_json::{Value, json};

pub(super) async fn phone_number(
    State(Weixin(platform)): State<Weixin>,
    Query(Tokened { access_token }): Query<Tokened>,
    Json(body): Json<Value>,
) -> Response {
    platform.answer("/wxa/business/getuserphonenumber", || platform.phone(&access_token, &body))
}

impl Platform {
    fn phone(&self, token: &str, body: &Value) -> Result<Value, Failure> {
        self.check_token(token)?;
        let Some(code) = body["code"].as_str() else { return Err(errcode(40029, "invalid code")) };
        let phone = self.redeem("phone", code)?;
        Ok(json!({
            "errcode": 0,
            "errmsg": "ok",
            "phone_info": {
                "phoneNumber": phone,
                "purePhoneNumber": phone,
                "countryCode": "86",
                "watermark": { "timestamp": self.clock.now().as_second(), "appid": self.account.appid },
            },
        }))
    }
}
