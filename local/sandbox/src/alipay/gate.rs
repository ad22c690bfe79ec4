//! The gateway: who calls, checked over the decoded parameters of query and body, and which method does the work.

use super::{Alipay, answers::Refusal, bills, cashier, certificates, login, orders, refunds};
use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, Uri, header},
    response::Response,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::civil::DateTime;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::Value;
use std::collections::BTreeMap;

/// Parameters by name.
pub(super) type Parameters = BTreeMap<String, String>;

/// One call, known to come from the merchant.
pub(super) struct Call {
    pub(super) parameters: Parameters,
    /// What `biz_content` says; null without one.
    pub(super) content: Value,
    /// Where we were called: answers name addresses there.
    pub(super) host: String,
}

impl Call {
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.content[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned)
    }

    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        self.parameters.get(name).filter(|text| !text.is_empty()).cloned()
    }
}

pub(super) async fn gateway(State(party): State<Alipay>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let mut parameters = Parameters::new();
    for part in [uri.query().unwrap_or_default().as_bytes(), &body] {
        parameters.extend(url::form_urlencoded::parse(part).into_owned());
    }
    let method = parameters.get("method").cloned().unwrap_or_default();
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default().to_owned();
    let is_page = matches!(method.as_str(), "alipay.trade.wap.pay" | "alipay.trade.page.pay");
    let call = party.authorize(parameters, host);
    if is_page {
        return cashier::opened(&party, &method, call);
    }
    let answer = call.and_then(|call| party.work(&method, &call));
    party.0.answer(&method, answer)
}

impl Alipay {
    /// Who calls. Empty values are not signed.
    fn authorize(&self, parameters: Parameters, host: String) -> Result<Call, Refusal> {
        let text = |name: &str| parameters.get(name).map_or("", String::as_str);
        if text("app_id") != self.0.keys.app_id {
            return Err(Refusal::nobody("isv.invalid-app-id", "无效的AppID参数"));
        }
        if text("sign_type") != "RSA2" {
            return Err(Refusal::nobody("isv.invalid-signature-type", "无效签名类型"));
        }
        let signed = parameters.iter().filter(|(name, value)| *name != "sign" && !value.is_empty());
        let signed: Vec<_> = signed.map(|(name, value)| format!("{name}={value}")).collect();
        let signature = STANDARD.decode(text("sign")).unwrap_or_default();
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.0.app_key);
        if key.verify(signed.join("&").as_bytes(), &signature).is_err() {
            return Err(Refusal::nobody(
                "isv.invalid-signature",
                "验签出错,建议检查签名字符串或签名私钥与应用公钥是否匹配",
            ));
        }
        if let Some(serials) = &self.0.serials {
            serials.admit(&parameters)?;
        }
        if DateTime::strptime("%Y-%m-%d %H:%M:%S", text("timestamp")).is_err() {
            return Err(Refusal::gateway("40002", "isv.invalid-timestamp", "非法的时间戳参数"));
        }
        if !text("charset").eq_ignore_ascii_case("utf-8") || text("version") != "1.0" {
            return Err(Refusal::gateway("40002", "isv.invalid-parameter", "参数无效"));
        }
        let content = match parameters.get("biz_content") {
            None => Value::Null,
            Some(content) => {
                let wrong = |_| Refusal::gateway("40002", "isv.invalid-parameter", "biz_content不是合法的JSON");
                serde_json::from_str(content).map_err(wrong)?
            }
        };
        Ok(Call { parameters, content, host })
    }

    fn work(&self, method: &str, call: &Call) -> Result<Value, Refusal> {
        if let Some(refusal) = self.next_answer() {
            return Err(refusal);
        }
        let done = match method {
            "alipay.trade.create" => orders::create(self, call),
            "alipay.trade.precreate" => orders::precreate(self, call),
            "alipay.trade.query" => orders::query(self, call),
            "alipay.trade.close" => orders::close(self, call),
            "alipay.trade.refund" => refunds::create(self, call),
            "alipay.trade.fastpay.refund.query" => refunds::query(self, call),
            "alipay.data.dataservice.bill.downloadurl.query" => bills::address(self, call),
            "alipay.open.app.alipaycert.download" => certificates::download(&self.0, call),
            "alipay.system.oauth.token" => login::token(self, call),
            _ => return Err(Refusal::gateway("40002", "isv.invalid-method", "不存在的方法名")),
        };
        // The work is done, and the answer says that nobody knows.
        match self.lost_answer() {
            Some(refusal) => Err(refusal),
            None => done,
        }
    }
}
