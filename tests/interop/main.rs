//! The official SDKs of Aliyun SMS and Alipay, and those of WeChat Pay's Node and Alipay's Python communities, which share no line
//! with ours, against our sandboxes and our callback: what both sides of a test of ours might misread alike, they would not.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod alipay;
mod aliyun_sms;
mod callback;
mod node;
mod python;
mod wechatpay;

/// Serves it until the test ends; answers where.
async fn serve(router: axum::Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    base_url
}
