use super::Baiwang;
use crate::database::Broken;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};

/// `/files/{serial_no}/{number}.pdf` or `.xml` of an issued invoice.
pub(super) async fn file(
    State(Baiwang(platform)): State<Baiwang>,
    Path((serial_no, file)): Path<(String, String)>,
) -> Result<Response, Broken> {
    let (content_type, bytes) = match file.rsplit_once('.') {
        Some((_, "pdf")) => ("application/pdf", platform.pdf(&serial_no)?),
        Some((_, "xml")) => ("application/xml", platform.xml(&serial_no)?.map(String::into_bytes)),
        _ => ("", None),
    };
    Ok(match bytes {
        Some(bytes) => ([(header::CONTENT_TYPE, content_type)], bytes).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    })
}
