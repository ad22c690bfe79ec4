//! The resident: signs in, binds his household, reads his bills, pays, keeps the invoice.

use super::{
    client::DemoError,
    walk::{PATIENCE_SECONDS, Walk, moment, say, text, yuan},
};
use heatpay_ports::{Ids, RandomIds};
use jiff::Timestamp;
use serde_json::json;

/// A household of the sample file that owes something, and the proof that it is his.
pub(super) struct Household {
    pub(super) account_no: String,
    pub(super) holder: String,
    proof: String,
}

impl Walk<'_> {
    pub(super) async fn choose_household(&self) -> Result<Household, DemoError> {
        let answer = self.client.get("/sandbox/api/households?owing=true&limit=1", None).await?;
        let row = &answer["households"][0];
        let household = Household {
            account_no: text(row, "account_no")?,
            holder: text(row, "holder")?,
            proof: text(row, "phone_last4")?,
        };
        say("a household that owes", &format!("{} {}", household.account_no, household.holder));
        Ok(household)
    }

    pub(super) async fn sign_in(&self) -> Result<String, DemoError> {
        let program = self.paid_by.mini_program();
        let code = self.client.post(&format!("/sandbox/api/{program}/login-codes"), None, json!({})).await?;
        let code = json!({ "code": text(&code, "code")? });
        let session = self.client.post(&format!("/api/session/{program}"), None, code).await?;
        say(&format!("signed in through {}", self.paid_by.title()), &text(&session["resident"], "resident_id")?);
        text(&session, "access_token")
    }

    pub(super) async fn bind(&self, household: &Household, token: String) -> Result<String, DemoError> {
        let proof = json!({
            "account_no": household.account_no,
            "holder": household.holder,
            "last4": household.proof,
        });
        let answer = self.client.post("/api/households", Some(&token), proof).await?;
        say("household bound by holder's name and last four digits", &household.account_no);
        text(&answer, "access_token")
    }

    pub(super) async fn look_up(&self, household: &Household, token: &str) -> Result<Vec<String>, DemoError> {
        let home = self.client.get(&format!("/api/households/{}/home", household.account_no), Some(token)).await?;
        let due = home["due"]["total_fen"].as_i64().unwrap_or(0);
        say("due today", &format!("{} yuan, last day {}", yuan(due), text(&home["due"], "last_day")?));
        let mut bills = Vec::new();
        for bill in home["bills"].as_array().into_iter().flatten() {
            if bill["due"]["total_fen"].as_i64().unwrap_or(0) > 0 {
                bills.push(text(bill, "bill_no")?);
            }
        }
        for bill_no in &bills {
            let path = format!("/api/households/{}/bills/{bill_no}", household.account_no);
            let bill = self.client.get(&path, Some(token)).await?;
            for line in bill["lines"].as_array().into_iter().flatten() {
                say(&format!("  {bill_no}"), line["explanation"].as_str().unwrap_or_default());
            }
        }
        if bills.is_empty() {
            return Err(DemoError::NotAsExpected("the household owes nothing".to_owned()));
        }
        Ok(bills)
    }

    pub(super) async fn pay(&self, household: &Household, token: &str, bills: &[String]) -> Result<String, DemoError> {
        let request = json!({
            "account_no": household.account_no,
            "bill_nos": bills,
            "channel": self.paid_by.name(),
            "scene": self.paid_by.scene(),
            "invoice_title": { "name": household.holder },
        });
        let key = format!("demo-{}", RandomIds::default().token(24));
        let payment = self.client.post_once("/api/payments", token, request, &key).await?;
        let payment_no = text(&payment, "payment_no")?;
        say(
            &format!("order placed at {}", self.paid_by.title()),
            &format!("{payment_no}, {} yuan", yuan(payment["amount_fen"].as_i64().unwrap_or(0))),
        );
        let parameters = json!({ "client_parameters": payment["client_parameters"] });
        let paid = self.client.post(&format!("/sandbox/api/{}/pay", self.paid_by.name()), None, parameters).await?;
        say(&format!("paid at {}", self.paid_by.title()), &text(&paid, "transaction_id")?);
        Ok(payment_no)
    }

    pub(super) async fn wait_until_paid(&self, payment_no: &str, token: &str) -> Result<Timestamp, DemoError> {
        let path = format!("/api/payments/{payment_no}");
        let payment = self
            .until("the payment's settlement", PATIENCE_SECONDS, || async {
                let payment = self.client.get(&path, Some(token)).await?;
                Ok((payment["status"] == "paid").then_some(payment))
            })
            .await?;
        say("callback settled it: bill paid", &text(&payment, "paid_at")?);
        moment(&payment, "paid_at")
    }

    pub(super) async fn save_invoice(
        &self,
        household: &Household,
        token: &str,
        payment_no: &str,
    ) -> Result<(), DemoError> {
        let path = format!("/api/households/{}/invoices", household.account_no);
        let invoice = self
            .until("the e-invoice", PATIENCE_SECONDS, || async {
                let invoices = self.client.get(&path, Some(token)).await?;
                let mut all = invoices["items"].as_array().cloned().unwrap_or_default().into_iter();
                Ok(all.find(|invoice| invoice["payment_no"] == payment_no && invoice["status"] == "issued"))
            })
            .await?;
        let invoice_no = text(&invoice, "invoice_no")?;
        let pdf = self.client.file(&format!("/api/invoices/{invoice_no}/file?kind=pdf"), token).await?;
        if !pdf.starts_with(b"%PDF-") {
            return Err(DemoError::NotAsExpected("the invoice's file is not a PDF".to_owned()));
        }
        let file = self.folder.join(format!("{invoice_no}.pdf"));
        std::fs::create_dir_all(self.folder)
            .and_then(|()| std::fs::write(&file, &pdf))
            .map_err(|source| DemoError::File { path: file.clone(), source })?;
        say("invoice PDF saved", &format!("{} ({} bytes)", file.display(), pdf.len()));
        Ok(())
    }
}
