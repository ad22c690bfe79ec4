use super::client::{Client, DemoError};
use heatpay_ports::{Ids, RandomIds};
use serde_json::{Value, json};
use std::{path::Path, time::Duration};

/// How long anything may take.
const PATIENCE_SECONDS: u64 = 60;

/// On how many mornings a reminder is waited for: the stages of the reminder plan lie two weeks apart at most.
const MORNINGS: u32 = 8;

/// Seconds; with the rest of the day up to ten in the morning, a week.
const BETWEEN_MORNINGS: u64 = 6 * 24 * 60 * 60;

/// By which channel the demo pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum PaidBy {
    /// 微信支付, in its mini-program.
    Wechatpay,
    /// 支付宝, in its mini-program.
    Alipay,
    /// 银联, in a phone's browser.
    Unionpay,
}

impl PaidBy {
    /// Its name in records.
    fn name(self) -> &'static str {
        match self {
            Self::Wechatpay => "wechatpay",
            Self::Alipay => "alipay",
            Self::Unionpay => "unionpay",
        }
    }

    /// The mini-program one signs in through, by its name in addresses.
    fn mini_program(self) -> &'static str {
        match self {
            Self::Wechatpay | Self::Unionpay => "weixin",
            Self::Alipay => "alipay",
        }
    }

    /// How the client pays by it.
    fn scene(self) -> &'static str {
        match self {
            Self::Wechatpay | Self::Alipay => "jsapi",
            Self::Unionpay => "h5",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Wechatpay => "WeChat Pay",
            Self::Alipay => "Alipay",
            Self::Unionpay => "UnionPay",
        }
    }
}

pub(super) struct Walk<'a> {
    pub(super) client: &'a Client,
    pub(super) paid_by: PaidBy,
    pub(super) folder: &'a Path,
}

/// Who the demo is: a household of the sample file that owes something, and the proof that it is his.
struct Household {
    account_no: String,
    holder: String,
    proof: String,
}

impl Walk<'_> {
    pub(super) async fn all(&self) -> Result<(), DemoError> {
        let household = self.choose_household().await?;
        let token = self.sign_in().await?;
        let token = self.bind(&household, token).await?;
        let bills = self.look_up(&household, &token).await?;
        let payment_no = self.pay(&household, &token, &bills).await?;
        self.wait_until_paid(&payment_no, &token).await?;
        self.save_invoice(&household, &token, &payment_no).await?;
        self.remind_the_others().await?;
        self.check_the_books().await
    }

    async fn choose_household(&self) -> Result<Household, DemoError> {
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

    async fn sign_in(&self) -> Result<String, DemoError> {
        let program = self.paid_by.mini_program();
        let code = self.client.post(&format!("/sandbox/api/{program}/login-codes"), None, json!({})).await?;
        let code = json!({ "code": text(&code, "code")? });
        let session = self.client.post(&format!("/api/session/{program}"), None, code).await?;
        say(&format!("signed in through {}", self.paid_by.title()), &text(&session["resident"], "resident_id")?);
        text(&session, "access_token")
    }

    async fn bind(&self, household: &Household, token: String) -> Result<String, DemoError> {
        let proof = json!({
            "account_no": household.account_no,
            "holder": household.holder,
            "last4": household.proof,
        });
        let answer = self.client.post("/api/households", Some(&token), proof).await?;
        say("household bound by holder's name and last four digits", &household.account_no);
        text(&answer, "access_token")
    }

    async fn look_up(&self, household: &Household, token: &str) -> Result<Vec<String>, DemoError> {
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

    async fn pay(&self, household: &Household, token: &str, bills: &[String]) -> Result<String, DemoError> {
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

    async fn wait_until_paid(&self, payment_no: &str, token: &str) -> Result<(), DemoError> {
        let path = format!("/api/payments/{payment_no}");
        let payment = self
            .until("the payment's settlement", PATIENCE_SECONDS, || async {
                let payment = self.client.get(&path, Some(token)).await?;
                Ok((payment["status"] == "paid").then_some(payment))
            })
            .await?;
        say("callback settled it: bill paid", &text(&payment, "paid_at")?);
        Ok(())
    }

    async fn save_invoice(&self, household: &Household, token: &str, payment_no: &str) -> Result<(), DemoError> {
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

    /// The neighbours are reminded in the morning. Each stage comes once for a bill: where an earlier walk had today's, the
    /// desk's clock goes on until the next is due.
    async fn remind_the_others(&self) -> Result<(), DemoError> {
        let before = self.inbox().await?.len();
        for morning in 0..MORNINGS {
            if morning > 0 {
                self.client.post("/sandbox/api/clock", None, json!({ "advance_seconds": BETWEEN_MORNINGS })).await?;
            }
            self.client.post("/sandbox/api/clock", None, json!({ "to_hour": 10 })).await?;
            self.client.post("/sandbox/api/schedules/overdue-reminder", None, json!({})).await?;
            // The wave is spread over a quarter of an hour; the desk's clock passes it.
            self.client.post("/sandbox/api/clock", None, json!({ "advance_seconds": 900 })).await?;
            let reminder = self
                .until("a reminder", 4, || async {
                    let mut inbox = self.inbox().await?;
                    inbox.truncate(inbox.len().saturating_sub(before));
                    Ok(inbox.into_iter().find(is_reminder))
                })
                .await;
            match reminder {
                Ok(reminder) => {
                    say("reminder in the inbox", &format!("{} {}", text(&reminder, "to")?, text(&reminder, "text")?));
                    return Ok(());
                }
                Err(DemoError::NotInTime(..)) => {}
                Err(error) => return Err(error),
            }
        }
        Err(DemoError::NotAsExpected(format!("nobody was reminded on {MORNINGS} mornings")))
    }

    /// What the inbox holds, the newest first.
    async fn inbox(&self) -> Result<Vec<Value>, DemoError> {
        let inbox = self.client.get("/sandbox/api/inbox", None).await?;
        Ok(inbox["messages"].as_array().cloned().unwrap_or_default())
    }

    async fn check_the_books(&self) -> Result<(), DemoError> {
        let audit = self.client.get("/sandbox/api/audit", None).await?;
        for (account, fen) in audit["balances"].as_object().into_iter().flatten() {
            say(&format!("  {account}"), &yuan(fen.as_i64().unwrap_or(0)));
        }
        let differences = audit["differences"].as_array().cloned().unwrap_or_default();
        if !differences.is_empty() {
            return Err(DemoError::NotAsExpected(format!("the books differ: {differences:?}")));
        }
        say("ledger balanced", &format!("{} postings, no difference", audit["counted"]["postings"]));
        Ok(())
    }

    /// Asks until there is something, with patience.
    async fn until<F, Fut>(&self, what: &'static str, seconds: u64, mut ask: F) -> Result<Value, DemoError>
    where
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<Option<Value>, DemoError>>,
    {
        for _ in 0..seconds * 4 {
            if let Some(found) = ask().await? {
                return Ok(found);
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        Err(DemoError::NotInTime(what, seconds))
    }
}

fn text(value: &Value, name: &str) -> Result<String, DemoError> {
    value[name]
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| DemoError::NotAsExpected(format!("an answer has no {name}: {value}")))
}

/// A notice about money that is owed, and not one about money that came.
fn is_reminder(message: &Value) -> bool {
    message["kind"] == "sms" && message["text"].as_str().is_some_and(|text| text.contains("到期"))
}

fn yuan(fen: i64) -> String {
    format!("{}{}.{:02}", if fen < 0 { "-" } else { "" }, fen.abs() / 100, fen.abs() % 100)
}

fn say(step: &str, answer: &str) {
    println!("{step:<52} {answer}");
}
