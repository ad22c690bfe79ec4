use crate::{App, read::find_invoice_of_resident};
use axum::{
    body::Body,
    extract::State,
    http::{HeaderValue, header},
    response::Response,
};
use heatpay_domain::invoice::{InvoiceFiles, InvoiceStatus};
use heatpay_runtime::{
    Problem,
    auth::Resident,
    files::FileError,
    http::{Path, Query},
    problem::ProblemBody,
};
use serde::Deserialize;

/// Which file.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Which {
    /// `pdf` where it is left out.
    #[serde(default)]
    #[param(inline)]
    kind: Kind,
}

/// A file of an invoice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// For people.
    #[default]
    Pdf,
    /// The legal original, laid out.
    Ofd,
    /// The legal original, data.
    Xml,
}

/// The bytes of the file.
#[derive(utoipa::ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "describes the answer's body")]
pub(crate) struct FileBytes(Vec<u8>);

impl Kind {
    fn of(self, files: &InvoiceFiles) -> Option<&str> {
        match self {
            Self::Pdf => files.pdf.as_deref(),
            Self::Ofd => files.ofd.as_deref(),
            Self::Xml => files.xml.as_deref(),
        }
    }

    const fn ending(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Ofd => "ofd",
            Self::Xml => "xml",
        }
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Ofd => "application/ofd",
            Self::Xml => "application/xml",
        }
    }
}

/// 下载发票
///
/// The file of an issued invoice. The PDF is for people; for the books the law asks for the OFD or XML.
#[utoipa::path(get, path = "/api/invoices/{invoice_no}/file", tag = "invoices", security(("token" = [])),
    params(("invoice_no" = String, Path, description = "发票申请号, the invoice's number", min_length = 8, max_length = 32, pattern = "^I[A-Za-z0-9]{7,31}$", example = "I01KB1Q2Z3A4B5C6D7E8F9G0H1J"), Which),
    responses(
        (status = 200, description = "The file", content(
            (inline(FileBytes) = "application/pdf"),
            (inline(FileBytes) = "application/ofd"),
            (inline(FileBytes) = "application/xml"),
        ), headers(("Content-Disposition" = String, description = "`attachment` with a file name"))),
        (status = 400, description = "No such kind", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such invoice of this resident's households, not issued yet, or no file of this kind", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn read_invoice_file(
    State(app): State<App>,
    resident: Resident,
    Path(invoice_no): Path<String>,
    Query(Which { kind }): Query<Which>,
) -> Result<Response, Problem> {
    let invoice = find_invoice_of_resident(&app, &resident, invoice_no).await?;
    match invoice.status {
        InvoiceStatus::Issued | InvoiceStatus::Reversed => {}
        InvoiceStatus::Requested | InvoiceStatus::Issuing | InvoiceStatus::Failed => {
            return Err(Problem::missing("发票还没有开具完成,请稍后再来下载。"));
        }
    }
    let key = kind.of(&invoice.files).ok_or_else(|| Problem::missing("这张发票没有这种格式的文件。"))?;
    let bytes = app.files.read(key).await.map_err(|error| match error {
        FileError::Missing => Problem::internal(&error),
        FileError::Unavailable(_) => Problem::unavailable("unavailable", "系统繁忙,请稍后再试。", &error),
    })?;
    let name = format!("attachment; filename=\"{}.{}\"", invoice.invoice_no, kind.ending());
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind.content_type()));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::try_from(name).map_err(|e| Problem::internal(&e))?);
    Ok(response)
}
