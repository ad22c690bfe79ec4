//! Why there is no answer, and what is told of it.

use bytes::Bytes;
use heatpay_ports::{NoProbe, Outbound, OutboundError, OutboundRequest};
use http::{HeaderMap, Method};
use std::{error::Error, fmt::Write, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

/// What the query carries, and no log may.
const SECRET: &str = "0123456789abcdef";

async fn failure(base_url: &str) -> OutboundError {
    let request = OutboundRequest {
        service: "weixin",
        method: Method::GET,
        url: format!("{base_url}/sns/jscode2session?appid=wx1&secret={SECRET}&js_code={SECRET}"),
        headers: HeaderMap::new(),
        body: Bytes::new(),
        timeout: Duration::from_secs(5),
    };
    Outbound::new(Arc::new(NoProbe)).expect("a client").send(request).await.expect_err("there is no answer")
}

/// All that a log could say of it.
fn told(error: &OutboundError) -> String {
    let mut told = format!("{error:?}");
    let mut cause: Option<&dyn Error> = Some(error);
    while let Some(error) = cause {
        write!(told, "\n{error}").expect("a string takes it");
        cause = error.source();
    }
    told
}

/// Serves one connection: reads the request, answers with those bytes, and hangs up.
async fn hanging_up_after(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a caller");
        let _ = stream.read(&mut [0; 4096]).await.expect("a request");
        stream.write_all(answer).await.expect("the caller listens");
    });
    format!("http://{address}")
}

#[tokio::test]
async fn nothing_was_done_where_no_connection_was_made() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    for nowhere in [format!("http://{address}"), "http://[nowhere".to_owned()] {
        let error = failure(&nowhere).await;
        assert!(matches!(error, OutboundError::NotSent { service: "weixin", .. }), "{error:?}");
        assert!(!told(&error).contains(SECRET), "{}", told(&error));
    }
}

#[tokio::test]
async fn the_outcome_is_unknown_where_the_connection_breaks_after_the_request() {
    for answer in [b"".as_slice(), b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{"] {
        let error = failure(&hanging_up_after(answer).await).await;
        assert!(matches!(error, OutboundError::NoAnswer { service: "weixin", .. }), "{error:?}");
        assert!(!told(&error).contains(SECRET), "{}", told(&error));
    }
}
