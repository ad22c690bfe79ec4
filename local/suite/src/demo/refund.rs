//! A part of a payment goes back: one person asks, another approves, the invoice is reversed first and made anew, and the resident
//! sees each step.

use super::{
    client::DemoError,
    office::Office,
    resident::Household,
    walk::{PATIENCE_SECONDS, Walk, list, number, say, text, yuan},
};
use heatpay_ports::{Ids, RandomIds};
use serde_json::{Value, json};

/// What goes back, in fen, or half of the bill where it is smaller than twice that.
const TOO_MUCH: i64 = 5_000;

/// By how much the desk's clock goes on each time the resident looks: queues and channels take minutes.
const LOOKS_EVERY_SECONDS: i64 = 10;

/// What the resident has been shown.
#[derive(Default)]
struct Seen {
    steps: usize,
    /// Each invoice and its status, as printed.
    invoices: Vec<String>,
}

impl Walk<'_> {
    pub(super) async fn give_back(
        &self,
        office: &Office,
        household: &Household,
        token: &str,
        payment_no: &str,
    ) -> Result<(), DemoError> {
        let (refund_no, kept) = self.ask_for_refund(office, household, token, payment_no).await?;
        let approve = format!("/api/staff/refunds/{refund_no}/approve");
        let answer = self.client.refused(&approve, &office.asks.token, Value::Null, "same_person").await?;
        say(&format!("{} may not approve it", office.asks.name), &answer);
        let approved = self.client.post(&approve, Some(&office.approves.token), Value::Null).await?;
        if approved["status"] != "approved" {
            return Err(DemoError::NotAsExpected(format!("the refund is not approved: {approved}")));
        }
        say(&format!("{} approves it", office.approves.name), &refund_no);
        let mut seen = Seen::default();
        for _ in 0..PATIENCE_SECONDS * 4 {
            self.advance(LOOKS_EVERY_SECONDS).await?;
            if self.look_at_refund(household, token, (payment_no, &refund_no), kept, &mut seen).await? {
                return Ok(());
            }
            tokio::time::sleep(std::time::Duration::from_millis(250)).await;
        }
        Err(DemoError::NotInTime("the refund", PATIENCE_SECONDS))
    }

    /// Answers its number, and what is kept of the payment, in fen.
    async fn ask_for_refund(
        &self,
        office: &Office,
        household: &Household,
        token: &str,
        payment_no: &str,
    ) -> Result<(String, i64), DemoError> {
        let path = format!("/api/households/{}/payments", household.account_no);
        let payments = self.client.get(&path, Some(token)).await?;
        let payment = list(&payments, "payments").iter().find(|payment| payment["payment_no"] == payment_no);
        let payment = payment.ok_or_else(|| DemoError::NotAsExpected("the payment is not listed".to_owned()))?;
        let bill = list(payment, "bills").iter().max_by_key(|bill| bill["principal_fen"].as_i64());
        let bill = bill.ok_or_else(|| DemoError::NotAsExpected("the payment has no bill".to_owned()))?;
        let principal = number(bill, "principal_fen")?;
        let wanted = json!({
            "payment_no": payment_no, "kind": "write_down", "reason": "billed_too_much", "note": "面积核实有误",
            "parts": [{
                "bill_no": bill["bill_no"], "principal_fen": TOO_MUCH.min(principal / 2).max(1), "late_fee_fen": 0,
            }],
        });
        let key = format!("demo-{}", RandomIds::default().token(24));
        let asked = self.client.post_once("/api/staff/refunds", &office.asks.token, wanted, &key).await?;
        let (refund_no, amount) = (text(&asked, "refund_no")?, number(&asked, "amount_fen")?);
        let what = format!("{refund_no}, {} yuan of {}", yuan(amount), text(bill, "bill_no")?);
        say(&format!("{} asks for a refund", office.asks.name), &what);
        Ok((refund_no, number(payment, "amount_fen")? - amount))
    }

    /// Whether all is done: the money back, the first invoice reversed, another one for what is kept.
    async fn look_at_refund(
        &self,
        household: &Household,
        token: &str,
        (payment_no, refund_no): (&str, &str),
        kept: i64,
        seen: &mut Seen,
    ) -> Result<bool, DemoError> {
        let of_household = |what: &str| format!("/api/households/{}/{what}", household.account_no);
        let refunds = self.client.get(&of_household("refunds"), Some(token)).await?;
        let refund = list(&refunds, "items").iter().find(|refund| refund["refund_no"] == refund_no);
        let refund = refund.ok_or_else(|| DemoError::NotAsExpected("the refund is not listed".to_owned()))?;
        let invoices = self.client.get(&of_household("invoices"), Some(token)).await?;
        let invoices: Vec<&Value> =
            list(&invoices, "items").iter().filter(|invoice| invoice["payment_no"] == payment_no).collect();
        for invoice in invoices.iter().rev().filter(|invoice| invoice["status"] != "requested") {
            let amount = invoice["amount_fen"].as_i64().map(yuan).unwrap_or_default();
            let line = format!("{} {}, {amount} yuan", text(invoice, "invoice_no")?, text(invoice, "status")?);
            if !seen.invoices.contains(&line) {
                say("  the resident sees his invoice", &line);
                seen.invoices.push(line);
            }
        }
        let is_reversed = |invoice: &&&Value| invoice["status"] == "reversed";
        for step in list(refund, "steps").iter().skip(seen.steps) {
            let goes_out = matches!(step["status"].as_str(), Some("processing" | "succeeded"));
            if goes_out && !invoices.iter().any(|invoice| is_reversed(&invoice)) {
                return Err(DemoError::NotAsExpected("money went out before the invoice was reversed".to_owned()));
            }
            say("  the resident sees his refund", &format!("{} {}", text(step, "at")?, text(step, "text")?));
            seen.steps += 1;
        }
        match refund["status"].as_str() {
            Some("succeeded") => {}
            Some("requested" | "approved" | "processing") => return Ok(false),
            _ => return Err(DemoError::NotAsExpected(format!("the refund went wrong: {refund}"))),
        }
        let in_force = invoices.iter().find(|invoice| invoice["status"] == "issued");
        if in_force.is_none_or(|invoice| invoice["amount_fen"] != kept) {
            return Ok(false);
        }
        let how = list(refund, "bills").first().map(|bill| text(bill, "explanation")).transpose()?;
        let back = number(refund, "amount_fen")?;
        say(
            &format!("{} gave it back, invoiced is what is kept", self.paid_by.title()),
            &format!("{} yuan ({}), kept {} yuan", yuan(back), how.unwrap_or_default(), yuan(kept)),
        );
        Ok(true)
    }
}
