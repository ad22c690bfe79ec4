//! A person with a phone, and what the API answers him.

use super::Town;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// An answer: its status and its JSON (null if it is none).
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The body.
    pub body: Value,
    /// The headers.
    pub headers: reqwest::header::HeaderMap,
    /// The body as it came.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// The body, where the status is the given one; else the test fails with both.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self.body
    }

    /// The problem's code, where the status is the given one.
    #[track_caller]
    pub fn problem(self, status: u16) -> String {
        let body = self.expect(status);
        body["code"].as_str().unwrap_or_default().to_owned()
    }
}

/// A person with a phone.
pub struct Resident<'a> {
    pub(super) town: &'a Town,
    /// His access token.
    pub token: String,
    /// His refresh token.
    pub refresh_token: String,
    /// His openid, if he came through WeChat.
    pub openid: Option<String>,
}

impl Resident<'_> {
    /// Binds a household by its place in the file.
    pub async fn bind(&mut self, at: usize) {
        let proof = self.town.proof(at);
        let answer = self.post("/api/households", proof).await;
        assert!(answer.status.is_success(), "{}", answer.body);
        self.token = answer.body["access_token"].as_str().expect("a fresh token").to_owned();
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.town.call(Method::GET, path, Some(&self.token), None, &[]).await
    }

    /// POST.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.town.call(Method::POST, path, Some(&self.token), Some(body), &[]).await
    }

    /// PUT.
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.town.call(Method::PUT, path, Some(&self.token), Some(body), &[]).await
    }

    /// POST with a header.
    pub async fn post_with(&self, path: &str, header: (&str, &str), body: Value) -> Answer {
        self.town.call(Method::POST, path, Some(&self.token), Some(body), &[header]).await
    }

    /// POST of a form with one file in it, as `uni.uploadFile` sends one.
    pub async fn upload(&self, path: &str, name: &str, file: &[u8]) -> Answer {
        let head = format!(
            "--form-boundary\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"1.jpg\"\r\ncontent-type: image/jpeg\r\n\r\n"
        );
        let body = [head.as_bytes(), file, b"\r\n--form-boundary--\r\n"].concat();
        let request = self.town.http.post(format!("{}{path}", self.town.world.base_url)).bearer_auth(&self.token);
        let form = request.header("content-type", "multipart/form-data; boundary=form-boundary");
        Town::answered(form.body(body)).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.town.call(Method::DELETE, path, Some(&self.token), None, &[]).await
    }

    /// The numbers of the bills that ask for something today.
    pub async fn open_bills(&self, account_no: &str) -> Vec<String> {
        let home = self.get(&format!("/api/households/{account_no}/home")).await.expect(200);
        home["bills"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|bill| bill["due"]["total_fen"].as_i64().unwrap_or(0) > 0)
            .map(|bill| bill["bill_no"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// Starts a payment in the mini-program for the given bills, under a key.
    pub async fn start_payment(&self, account_no: &str, bills: &[String], key: &str) -> Answer {
        let body = json!({
            "account_no": account_no, "bill_nos": bills, "channel": "wechatpay", "scene": "jsapi",
        });
        self.start(body, key).await
    }

    /// Starts a payment as the body says, under a key.
    pub async fn start(&self, body: Value, key: &str) -> Answer {
        let headers = [("idempotency-key", key)];
        self.town.call(Method::POST, "/api/payments", Some(&self.token), Some(body), &headers).await
    }

    /// Starts a payment for all that is open, and answers its number and client parameters.
    pub async fn start_paying_all(&self, account_no: &str, key: &str) -> Value {
        let bills = self.open_bills(account_no).await;
        self.start_payment(account_no, &bills, key).await.expect(201)
    }

    /// Pays in the WeChat app with what the payment's answer holds.
    pub fn pay_in_app(&self, payment: &Value) -> heatpay_sandbox::wechatpay::Paid {
        let parameters: BTreeMap<String, String> =
            serde_json::from_value(payment["client_parameters"].clone()).expect("client parameters");
        self.town.world.parties.wechatpay.pay_with_client_parameters(&parameters).expect("WeChat Pay takes the money")
    }

    /// How a payment stands.
    pub async fn status_of(&self, payment: &Value) -> String {
        let number = payment["payment_no"].as_str().expect("a payment");
        let found = self.get(&format!("/api/payments/{number}")).await.expect(200);
        found["status"].as_str().unwrap_or_default().to_owned()
    }
}
