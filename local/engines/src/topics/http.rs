//! The query protocol of SNS: a form in, XML out.

use super::{TopicError, Topics, form::Form};
use crate::queues::message::uuid;
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use std::fmt::Write;

const NAMESPACE: &str = "http://sns.amazonaws.com/doc/2010-03-31/";

impl Topics {
    /// Answers one call.
    pub(crate) async fn answer(&self, body: &[u8]) -> Response {
        let form = Form::read(body);
        let action = form.text("Action").unwrap_or_default();
        let outcome = match action {
            "Publish" => self.publish_form(&form).await,
            "PublishBatch" => self.publish_batch_form(&form).await,
            other => Err(TopicError::Unsupported(other.to_owned())),
        };
        let request_id = uuid();
        match outcome {
            Ok(result) => xml(
                StatusCode::OK,
                format!(
                    "<{action}Response xmlns=\"{NAMESPACE}\"><{action}Result>{result}</{action}Result>\
                     <ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{action}Response>"
                ),
            ),
            Err(error) => refusal(&error, &request_id),
        }
    }

    async fn publish_form(&self, form: &Form) -> Result<String, TopicError> {
        let id = self.publish(form.topic()?, form.publication("")?).await?;
        Ok(format!("<MessageId>{id}</MessageId>"))
    }

    async fn publish_batch_form(&self, form: &Form) -> Result<String, TopicError> {
        let (entry_ids, publications): (Vec<_>, Vec<_>) = form.entries()?.into_iter().unzip();
        let ids = self.publish_all(form.topic()?, publications).await?;
        let mut members = String::new();
        for (entry_id, id) in entry_ids.iter().zip(ids) {
            // Writing to a String cannot fail.
            let _ = write!(members, "<member><Id>{}</Id><MessageId>{id}</MessageId></member>", escaped(entry_id));
        }
        Ok(format!("<Successful>{members}</Successful><Failed/>"))
    }
}

fn refusal(error: &TopicError, request_id: &str) -> Response {
    let (status, kind, code) = match error {
        TopicError::NoSuchTopic => (StatusCode::NOT_FOUND, "Sender", "NotFound"),
        TopicError::Filter(_) | TopicError::Parameter(_) => (StatusCode::BAD_REQUEST, "Sender", "InvalidParameter"),
        TopicError::Unsupported(_) => (StatusCode::BAD_REQUEST, "Sender", "InvalidAction"),
        TopicError::Queue(_) | TopicError::Journal(_) => {
            tracing::error!(error = error as &dyn std::error::Error, "the topics did not take a publication");
            (StatusCode::INTERNAL_SERVER_ERROR, "Receiver", "InternalError")
        }
    };
    xml(
        status,
        format!(
            "<ErrorResponse xmlns=\"{NAMESPACE}\"><Error><Type>{kind}</Type><Code>{code}</Code>\
             <Message>{}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>",
            escaped(&error.to_string())
        ),
    )
}

fn xml(status: StatusCode, body: String) -> Response {
    (status, [("content-type", "text/xml")], body).into_response()
}

/// Text between XML tags.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
