use super::{BAIWANG, Baiwang, lines::LineBody};
use crate::{
    PartnerError,
    einvoice::{Reversal, ReversalOutcome},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReverseBody<'a> {
    tax_no: &'a str,
    order_no: &'a str,
    original_order_no: &'a str,
    fast_issue_red_type: &'static str,
    red_invoice_label: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    invoice_detail_list: Vec<LineBody<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    call_back_url: Option<&'a str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
struct ReverseAnswer {
    serial_no: Option<String>,
    red_confirm_serial_no: Option<String>,
}

impl Baiwang {
    pub(super) async fn send_reversal(
        &self,
        reversal: &Reversal,
        now: Timestamp,
    ) -> Result<ReversalOutcome, PartnerError> {
        if reversal.lines.iter().any(|line| line.amount.0 >= 0) {
            return Err(PartnerError::refused(BAIWANG, "red_line", "the lines of a reversal are negative"));
        }
        let body = ReverseBody {
            tax_no: &self.settings.tax_no,
            order_no: &reversal.order_no,
            original_order_no: &reversal.original,
            fast_issue_red_type: if reversal.lines.is_empty() { "0" } else { "1" },
            red_invoice_label: reversal.reason.label(),
            invoice_detail_list: reversal.lines.iter().map(LineBody::of).collect(),
            call_back_url: self.settings.callback_url.as_deref(),
        };
        match self.call::<ReverseAnswer>("baiwang.s.outputinvoice.fastRed", &body, now).await? {
            Ok(answer) => outcome(answer),
            Err(rejection) if rejection.is_duplicate(&self.settings.codes) => {
                Ok(ReversalOutcome::AlreadyThere(self.query_order(&reversal.order_no, now).await?))
            }
            Err(rejection) => Err(rejection.into_error(&self.settings.codes)),
        }
    }
}

/// `serialNo`: the red invoice is on its way. `redConfirmSerialNo`: the other party must confirm first.
fn outcome(answer: ReverseAnswer) -> Result<ReversalOutcome, PartnerError> {
    let given = |number: Option<String>| number.filter(|number| !number.is_empty());
    match (given(answer.serial_no), given(answer.red_confirm_serial_no)) {
        (Some(serial_no), _) => Ok(ReversalOutcome::Accepted { serial_no }),
        (None, Some(confirm_serial_no)) => Ok(ReversalOutcome::AwaitsConfirmation { confirm_serial_no }),
        (None, None) => {
            Err(PartnerError::OutcomeUnknown { partner: BAIWANG, source: "a reversal without a number".into() })
        }
    }
}
