//! The REST protocol of S3, path style: `/<bucket>/<key>`.

use super::{FileError, Files, ObjectKey, StoredObject, chunked};
use crate::{limits, queues::md5_of, queues::message::uuid, topics::http::escaped};
use axum::{
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What S3 answers with when it does not do it: status, code, message.
struct Refusal(StatusCode, &'static str, String);

impl From<FileError> for Refusal {
    fn from(error: FileError) -> Self {
        let (status, code) = match &error {
            FileError::NoSuchKey => (StatusCode::NOT_FOUND, "NoSuchKey"),
            FileError::NoSuchBucket => (StatusCode::NOT_FOUND, "NoSuchBucket"),
            FileError::BadBucket => (StatusCode::BAD_REQUEST, "InvalidBucketName"),
            FileError::BadKey(_) => (StatusCode::BAD_REQUEST, "InvalidArgument"),
            FileError::Disk(_) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a file cannot be read or written");
                (StatusCode::INTERNAL_SERVER_ERROR, "InternalError")
            }
        };
        Self(status, code, error.to_string())
    }
}

impl From<chunked::BadBody> for Refusal {
    fn from(_: chunked::BadBody) -> Self {
        Self(StatusCode::BAD_REQUEST, "BadDigest", "the body is not what its headers say".to_owned())
    }
}

impl Files {
    /// Answers one call.
    pub(crate) async fn answer(&self, method: Method, uri: &Uri, headers: HeaderMap, body: Bytes) -> Response {
        let files = self.clone();
        let address = address_of(uri);
        let head = method == Method::HEAD;
        let work = move || {
            let (bucket, key) = address?;
            match method {
                Method::PUT => files.put_object(&bucket, &key, &headers, body),
                Method::GET | Method::HEAD => Ok(stored(files.get(&bucket, &key)?)),
                Method::DELETE => {
                    files.delete(&bucket, &key)?;
                    Ok(StatusCode::NO_CONTENT.into_response())
                }
                other => Err(not_played(other.as_ref())),
            }
        };
        // The disk may be slow; the threads that serve must not wait for it.
        match tokio::task::spawn_blocking(work).await {
            Ok(Ok(response)) => response,
            // The answer to HEAD has no body, whatever it says.
            Ok(Err(Refusal(status, ..))) if head => status.into_response(),
            Ok(Err(refusal)) => refusal.into_response(),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }

    fn put_object(&self, bucket: &str, key: &ObjectKey, headers: &HeaderMap, body: Bytes) -> Result<Response, Refusal> {
        for condition in [header::IF_MATCH, header::IF_NONE_MATCH] {
            if headers.contains_key(&condition) {
                return Err(not_played("a conditional put"));
            }
        }
        if headers.contains_key("x-amz-copy-source") {
            return Err(not_played("a copy"));
        }
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let bytes = received(body, &text)?;
        let content_type = text("content-type").unwrap_or("binary/octet-stream");
        self.put(bucket, key, content_type, metadata(headers), &bytes)?;
        let etag = format!("\"{}\"", md5_of(&bytes));
        Ok((StatusCode::OK, [("etag", etag), ("x-amz-checksum-crc32", crc32(&bytes))]).into_response())
    }
}

/// Bucket and key out of the path. Sub-resources (`?acl`, `?uploads`, lists) are not played.
fn address_of(uri: &Uri) -> Result<(String, ObjectKey), Refusal> {
    for (name, _) in url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        if name != "x-id" {
            return Err(not_played(&format!("the sub-resource {name}")));
        }
    }
    let path = percent_encoding::percent_decode_str(uri.path().trim_start_matches('/'))
        .decode_utf8()
        .map_err(|_| Refusal(StatusCode::BAD_REQUEST, "InvalidURI", "the path is not UTF-8".to_owned()))?;
    match path.split_once('/') {
        Some((bucket, key)) => Ok((bucket.to_owned(), ObjectKey::parse(key).map_err(FileError::from)?)),
        None => Err(not_played("a call for a whole bucket")),
    }
}

/// The bytes that were sent, decoded and compared with the checksums sent along.
fn received<'a>(body: Bytes, header: &impl Fn(&str) -> Option<&'a str>) -> Result<Bytes, Refusal> {
    let is_chunked = header("content-encoding").is_some_and(|e| e.split(',').any(|e| e.trim() == "aws-chunked"))
        || header("x-amz-content-sha256").is_some_and(|s| s.starts_with("STREAMING-"));
    let (bytes, trailing) = if is_chunked {
        let decoded = chunked::decode(&body)?;
        (Bytes::from(decoded.bytes), decoded.crc32)
    } else {
        (body, None)
    };
    let length = header("x-amz-decoded-content-length").map(str::to_owned);
    if length.is_some_and(|length| length != bytes.len().to_string()) {
        return Err(chunked::BadBody.into());
    }
    let expected = trailing.or_else(|| header("x-amz-checksum-crc32").map(str::to_owned));
    if expected.is_some_and(|expected| expected != crc32(&bytes)) {
        return Err(chunked::BadBody.into());
    }
    Ok(bytes)
}

fn crc32(bytes: &[u8]) -> String {
    STANDARD.encode(crc32fast::hash(bytes).to_be_bytes())
}

fn metadata(headers: &HeaderMap) -> BTreeMap<String, String> {
    let named = headers.iter().filter_map(|(name, value)| {
        let name = name.as_str().strip_prefix("x-amz-meta-")?;
        Some((name.to_owned(), value.to_str().ok()?.to_owned()))
    });
    named.collect()
}

fn stored(object: StoredObject) -> Response {
    let modified = Timestamp::try_from(object.modified).unwrap_or(Timestamp::UNIX_EPOCH);
    let mut headers = vec![
        ("content-type".to_owned(), object.content_type),
        ("etag".to_owned(), format!("\"{}\"", md5_of(&object.bytes))),
        ("last-modified".to_owned(), modified.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()),
        ("x-amz-checksum-crc32".to_owned(), crc32(&object.bytes)),
    ];
    headers.extend(object.metadata.into_iter().map(|(name, value)| (format!("x-amz-meta-{name}"), value)));
    let mut response = object.bytes.into_response();
    response.headers_mut().clear();
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (header::HeaderName::try_from(name), header::HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn not_played(what: &str) -> Refusal {
    Refusal(StatusCode::NOT_IMPLEMENTED, "NotImplemented", format!("{what} is not played here"))
}

/// A body longer than a file may be.
pub(crate) fn too_large() -> Response {
    let message = format!("a file has at most {} bytes here", limits::FILE_BYTES);
    Refusal(StatusCode::BAD_REQUEST, "EntityTooLarge", message).into_response()
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(status, code, message) = self;
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{}</Message>\
             <RequestId>{}</RequestId></Error>",
            escaped(&message),
            uuid()
        );
        (status, [("content-type", "application/xml")], body).into_response()
    }
}
