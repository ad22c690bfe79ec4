//! Issues, asks about and reverses e-invoices at the platform. An invoice has its payment's number, which is the order number
//! at the platform: however often a message comes, one payment has one invoice. Issuing takes seconds or days: send, then ask.
//!
//! Crash-safe at every line. Before the order is sent the record says so; after a crash the platform is asked before the order
//! is sent again, with the same number. The files are kept before the record says `issued`, so an issued invoice has its files.

mod draft;
mod files;
mod issue;
mod keep;
mod ladder;
mod reverse;

use async_trait::async_trait;
use heatpay_domain::{
    InvoiceNo, PaymentNo,
    invoice::{InvoiceStatus, TaxPolicy},
};
use heatpay_partners::einvoice::{
    EInvoicePlatform,
    baiwang::{Baiwang, BaiwangSettings},
};
use heatpay_ports::Clock;
use heatpay_runtime::{
    BootError, Context, Step, StepError, events::PaymentEvent, files::Files, queue::Queue, settings::Settings,
};
use heatpay_store::{
    households::Households,
    invoices::{Invoices, KeptInvoice, Requested},
    payments::Payments,
    titles::Titles,
};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use std::{sync::Arc, time::Duration};

/// How many lost invoices one run of the schedule takes up, a shard.
const LEFT_OPEN_PER_SHARD: i32 = 100;

/// A delayed message may come a little before its time.
const EARLY: SignedDuration = SignedDuration::from_secs(2);

struct InvoiceIssue {
    payments: Payments,
    households: Households,
    invoices: Invoices,
    titles: Titles,
    files: Files,
    platform: Arc<dyn EInvoicePlatform>,
    policy: TaxPolicy,
    again: Queue,
    clock: Arc<dyn Clock>,
}

/// What comes by the queue: from the topic, from `invoice-request`, from staff, or our own reminder.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Message {
    Event(PaymentEvent),
    Work(Work),
}

/// An invoice to go on with, or what staff wants done with it.
#[derive(Debug, Deserialize)]
struct Work {
    invoice_no: InvoiceNo,
    /// 红冲: take it back by a red invoice.
    #[serde(default)]
    reverse: bool,
    /// Why it is taken back, the platform's label; without it 服务中止.
    label: Option<String>,
    /// The drawer has signed in at the tax bureau, or what was wrong is mended: have the platform try again.
    #[serde(default)]
    retry: bool,
}

/// Our own reminder.
#[derive(Serialize)]
struct GoOn<'a> {
    invoice_no: &'a InvoiceNo,
}

/// Boots the step.
pub async fn step(context: Context) -> Result<Arc<dyn Step>, BootError> {
    let platform_settings: BaiwangSettings = context.secret("BAIWANG_SECRET_ID").await?;
    let base_url = context.settings.optional("BAIWANG_BASE_URL").unwrap_or("https://openapi.baiwang.com");
    let platform = Baiwang::new(platform_settings, base_url, context.outbound.clone(), context.ids.clone());
    Ok(Arc::new(InvoiceIssue {
        payments: Payments::of(&context)?,
        households: Households::of(&context)?,
        invoices: Invoices::of(&context).await?,
        titles: Titles::of(&context).await?,
        files: Files::of(&context)?,
        platform: Arc::new(platform),
        policy: tax_policy(&context.settings)?,
        again: Queue::of(&context, "INVOICE_QUEUE_URL")?,
        clock: context.clock,
    }))
}

fn tax_policy(settings: &Settings) -> Result<TaxPolicy, BootError> {
    serde_json::from_str(settings.required("TAX_POLICY")?)
        .map_err(|error| BootError::Unusable { what: "TAX_POLICY", source: Box::new(error) })
}

#[async_trait]
impl Step for InvoiceIssue {
    async fn message(&self, body: &str) -> Result<(), StepError> {
        match serde_json::from_str(body).map_err(StepError::reject)? {
            Message::Event(PaymentEvent::Paid { payment_no }) => self.paid(&payment_no).await,
            // The subscription lets only `payment.paid` through.
            Message::Event(
                PaymentEvent::RefundRequested { .. }
                | PaymentEvent::RefundPaidOut { .. }
                | PaymentEvent::Prepaid { .. },
            ) => Ok(()),
            Message::Work(work) => {
                let kept = self.invoices.find(&work.invoice_no).await?;
                let kept = kept.ok_or_else(|| StepError::reject("no such invoice"))?;
                match (work.reverse, work.retry) {
                    (true, _) => self.reverse(kept, work.label).await,
                    (false, true) => self.retry(kept.invoice).await,
                    (false, false) => self.go_on(kept).await,
                }
            }
        }
    }

    /// Invoices whose message got lost, or whose next question is further off than a message can wait.
    async fn scheduled(&self) -> Result<(), StepError> {
        // A minute late is not lost: its message is just being handled.
        let lost_before = self.clock.now() - SignedDuration::from_secs(60);
        for invoice_no in self.invoices.left_open(lost_before, LEFT_OPEN_PER_SHARD).await? {
            let go_on = GoOn { invoice_no: &invoice_no };
            self.again.send(&go_on, Duration::ZERO).await.map_err(StepError::retry)?;
        }
        Ok(())
    }
}

impl InvoiceIssue {
    /// A payment was paid: if its payer asked for an invoice, it is made.
    async fn paid(&self, payment_no: &PaymentNo) -> Result<(), StepError> {
        let payment = self.payments.find(payment_no).await?;
        let payment = payment.ok_or_else(|| StepError::reject("no such payment"))?;
        let wanted = payment.invoice_title_sealed.as_ref().zip(payment.resident_id.as_ref());
        let Some((sealed, resident_id)) = wanted else { return Ok(()) };
        let title = self.titles.open_of_payment(payment_no, sealed).map_err(StepError::reject)?;
        match self.invoices.request(&payment, &title, resident_id, self.clock.now()).await? {
            Requested::Now(invoice) => self.issue(*invoice).await,
            Requested::Before(kept) => self.go_on(*kept).await,
        }
    }

    /// Goes on with an invoice if its time has come. If not, another message is on its way, or another delivery is sending
    /// the order right now: two of them must not.
    async fn go_on(&self, kept: KeptInvoice) -> Result<(), StepError> {
        let KeptInvoice { invoice, ask_at } = kept;
        if ask_at.is_none_or(|ask_at| self.clock.now() + EARLY < ask_at) {
            return Ok(());
        }
        match invoice.status {
            InvoiceStatus::Requested | InvoiceStatus::Issuing => self.issue(invoice).await,
            InvoiceStatus::Issued => self.follow_reversal(invoice).await,
            InvoiceStatus::Failed | InvoiceStatus::Reversed => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paid_payment_comes_as_the_topic_sends_it() {
        let message = serde_json::from_str(r#"{"type":"payment.paid","payment_no":"P01KB1Q2Z3A"}"#).unwrap();
        assert!(
            matches!(message, Message::Event(PaymentEvent::Paid { payment_no }) if payment_no.as_str() == "P01KB1Q2Z3A")
        );
    }

    #[test]
    fn an_invoice_to_go_on_with_is_named_alone() {
        let no = InvoiceNo::parse("I01KB1Q2Z3A").unwrap();
        let message = serde_json::to_string(&GoOn { invoice_no: &no }).unwrap();
        let Message::Work(work) = serde_json::from_str(&message).unwrap() else { panic!("{message}") };
        assert_eq!((work.invoice_no, work.reverse, work.retry), (no, false, false));
    }

    #[test]
    fn staff_may_have_it_reversed() {
        let Message::Work(work) =
            serde_json::from_str(r#"{"invoice_no":"I01KB1Q2Z3A","reverse":true,"label":"01"}"#).unwrap()
        else {
            panic!("not work")
        };
        assert_eq!((work.reverse, work.label.as_deref()), (true, Some("01")));
    }

    #[test]
    fn the_tax_policy_is_a_list_of_dated_rules() {
        let policy = r#"[
            {"use_category":"residential","valid_from":"2019-01-01","valid_until":"2027-12-31","treatment":"exempt",
             "goods_code":"1100102010100000000","goods_name":"供热费","late_fee_name":"供热费违约金"},
            {"use_category":"non_residential","valid_from":"2019-04-01","valid_until":null,
             "treatment":{"taxed":{"rate_ppm":90000}},
             "goods_code":"1100102010100000000","goods_name":"供热费","late_fee_name":"供热费违约金"}]"#;
        let settings = Settings::from_pairs([("TAX_POLICY".to_owned(), policy.to_owned())]);
        assert_eq!(tax_policy(&settings).unwrap().0.len(), 2);
    }

    #[test]
    fn a_tax_policy_that_cannot_be_read_stops_the_step_at_boot() {
        let settings = Settings::from_pairs([("TAX_POLICY".to_owned(), "9 %".to_owned())]);
        assert!(matches!(tax_policy(&settings), Err(BootError::Unusable { what: "TAX_POLICY", .. })));
    }
}
