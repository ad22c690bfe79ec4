use super::{AliyunSms, Receipt, details::written};
use heatpay_ports::{Outbound, OutboundRequest};
use http::{HeaderMap, HeaderValue, Method, header};
use rusqlite::params;
use serde_json::{Value, json};
use std::time::Duration;

impl AliyunSms {
    /// Pushes the receipts (SmsReport) that nobody has acknowledged yet, in one batch; answers how many were taken. What is
    /// not acknowledged with `{"code":0}` goes out again with the next push.
    pub async fn push_receipts(&self, outbound: &Outbound, url: &str) -> rusqlite::Result<usize> {
        let batch = self.batch()?;
        if batch.is_empty() {
            return Ok(0);
        }
        let body = json!(batch.iter().map(|(_, receipt)| receipt).collect::<Vec<_>>()).to_string();
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json;charset=UTF-8"));
        let request = OutboundRequest {
            service: "aliyun_sms_receipts",
            method: Method::POST,
            url: url.to_owned(),
            headers,
            body: body.into(),
            timeout: Duration::from_secs(5),
        };
        // A receiver that does not answer gets them again; that is all a provider knows about it.
        let taken = outbound.send(request).await.is_ok_and(|answer| {
            let said: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            answer.status.is_success() && said["code"] == 0
        });
        if !taken {
            return Ok(0);
        }
        for (biz_id, receipt) in &batch {
            self.0.database().execute(
                "update aliyun_messages set reported = 1 where biz_id = ?1 and phone = ?2",
                params![biz_id, receipt["phone_number"].as_str()],
            )?;
        }
        Ok(batch.len())
    }

    /// Makes all receipts due again: the provider delivers some of them twice.
    pub fn forget_acknowledgements(&self) -> rusqlite::Result<()> {
        self.0.database().execute("update aliyun_messages set reported = 0", [])?;
        Ok(())
    }

    fn batch(&self) -> rusqlite::Result<Vec<(String, Value)>> {
        let reported: Vec<(String, String)> = {
            let database = self.0.database();
            let mut all = database.prepare("select biz_id, phone from aliyun_messages where reported = 1")?;
            all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?
        };
        let mut batch = Vec::new();
        for message in self.0.messages()? {
            let (success, err_code, err_msg) = match &message.receipt {
                Receipt::Waiting => continue,
                Receipt::Delivered => (true, "DELIVERED", "用户接收成功"),
                Receipt::Failed { code } => (false, code.as_str(), "短信发送失败"),
            };
            if reported.contains(&(message.biz_id.clone(), message.phone.clone())) {
                continue;
            }
            let receipt = json!({
                "phone_number": message.phone,
                "send_time": written(message.sent_at),
                "report_time": written(self.0.receipt_at(&message)),
                "success": success,
                "err_code": err_code,
                "err_msg": err_msg,
                "sms_size": "1",
                "biz_id": message.biz_id,
                "out_id": message.out_id,
            });
            batch.push((message.biz_id, receipt));
        }
        Ok(batch)
    }
}
