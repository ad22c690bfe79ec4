//! The payment-events topic: what happened to money, for whoever has to act on it.

use crate::{context::Context, settings::SettingError};
use aws_sdk_sns::types::MessageAttributeValue;
use heatpay_domain::{AccountNo, PaymentNo, RefundNo};
use serde::{Deserialize, Serialize};

/// Something that happened to money. Consumers are idempotent: the same event may come again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum PaymentEvent {
    /// Money was received and booked.
    #[serde(rename = "payment.paid")]
    Paid {
        /// Which payment.
        payment_no: PaymentNo,
    },
    /// A household has paid ahead: a bill issued meanwhile may draw on it.
    #[serde(rename = "prepayment.received")]
    Prepaid {
        /// Which household.
        account_no: AccountNo,
    },
    /// Money went back to whom it came from.
    #[serde(rename = "refund.paid_out")]
    RefundPaidOut {
        /// Which refund.
        refund_no: RefundNo,
    },
    /// Money must go back.
    #[serde(rename = "refund.requested")]
    RefundRequested {
        /// Which refund.
        refund_no: RefundNo,
    },
}

impl PaymentEvent {
    /// The name subscriptions filter by.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Paid { .. } => "payment.paid",
            Self::Prepaid { .. } => "prepayment.received",
            Self::RefundPaidOut { .. } => "refund.paid_out",
            Self::RefundRequested { .. } => "refund.requested",
        }
    }
}

/// The topic did not take the event.
#[derive(Debug, thiserror::Error)]
#[error("the topic did not take the event")]
pub struct NotPublished(#[source] Box<dyn std::error::Error + Send + Sync>);

/// The topic.
#[derive(Clone)]
pub struct PaymentEvents {
    client: aws_sdk_sns::Client,
    topic_arn: String,
}

impl PaymentEvents {
    /// The topic in `PAYMENT_EVENTS_TOPIC_ARN`.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        let topic_arn = context.settings.required("PAYMENT_EVENTS_TOPIC_ARN")?.to_owned();
        Ok(Self { client: context.aws.sns.clone(), topic_arn })
    }

    /// Publishes one event.
    pub async fn publish(&self, event: &PaymentEvent) -> Result<(), NotPublished> {
        let body = serde_json::to_string(event).map_err(|e| NotPublished(Box::new(e)))?;
        let kind = MessageAttributeValue::builder()
            .data_type("String")
            .string_value(event.kind())
            .build()
            .map_err(|e| NotPublished(Box::new(e)))?;
        self.client
            .publish()
            .topic_arn(&self.topic_arn)
            .message(body)
            .message_attributes("type", kind)
            .send()
            .await
            .map_err(|e| NotPublished(Box::new(aws_sdk_sns::Error::from(e))))?;
        Ok(())
    }
}
