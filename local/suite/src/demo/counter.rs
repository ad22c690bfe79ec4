//! The resident pays a second household's bills at the counter, in cash; the cashier closes the day, and it balances.

use super::{
    client::DemoError,
    office::Office,
    walk::{PATIENCE_SECONDS, Walk, list, number, say, text, yuan},
};
use heatpay_ports::{Ids, RandomIds};
use serde_json::{Value, json};

const TILL: &str = "/api/staff/counter/till";

impl Walk<'_> {
    pub(super) async fn pay_at_the_counter(&self, office: &Office, token: String) -> Result<(), DemoError> {
        let (cashier, name) = (&office.cashier.token, office.cashier.name);
        let household = self.choose_household().await?;
        let token = self.bind(&household, token).await?;
        let home = format!("/api/households/{}/home", household.account_no);
        let bills = self.client.get(&home, Some(&token)).await?;
        let owed = number(&bills["due"], "total_fen")?;
        let asks = |bill: &&Value| bill["due"]["total_fen"].as_i64().unwrap_or(0) > 0;
        let bill_nos: Vec<&Value> = list(&bills, "bills").iter().filter(asks).map(|bill| &bill["bill_no"]).collect();
        let voucher_no = format!("SJ-{}", RandomIds::default().digits(10));
        let payment = json!({
            "account_no": household.account_no, "channel": "cash", "voucher_no": voucher_no, "bill_nos": bill_nos,
            "amount_fen": owed,
        });
        let recorded = self.client.post("/api/staff/counter/payments", Some(cashier), payment).await?;
        say(
            &format!("{name} takes cash at the counter"),
            &format!("{}, {} yuan on voucher {voucher_no}", text(&recorded, "payment_no")?, yuan(owed)),
        );
        self.until("the counter's settlement", PATIENCE_SECONDS, || async {
            let home = self.client.get(&home, Some(&token)).await?;
            Ok((home["due"]["total_fen"] == 0).then_some(()))
        })
        .await?;
        say("settlement queue settled it: bill paid", &household.account_no);
        self.close_the_day(office, name).await
    }

    /// With a yuan too few it is refused; with what is there it is closed, and finance sees it.
    async fn close_the_day(&self, office: &Office, name: &str) -> Result<(), DemoError> {
        let cashier = &office.cashier.token;
        let till = self.client.get(TILL, Some(cashier)).await?;
        let mut counted = till["recorded"].clone();
        let cash = number(&counted, "cash_fen")?;
        counted["cash_fen"] = json!(cash - 100);
        let close = format!("{TILL}/close");
        let answer = self.client.refused(&close, cashier, json!({ "counted": counted }), "till_differs").await?;
        say(&format!("{name} may not close a day that differs"), &answer);
        let counted = json!({ "counted": till["recorded"] });
        let closed = self.client.post(&close, Some(cashier), counted).await?;
        let day = text(&closed, "day")?;
        say(&format!("{name} closes {day}"), &format!("counted {} yuan, recorded {0} yuan", yuan(cash)));
        let path = format!("/api/staff/counter/tills?day={day}");
        let tills = self.client.get(&path, Some(&office.approves.token)).await?;
        let fits = |till: &&Value| till["closed_at"].is_string() && till["recorded"]["cash_fen"] == cash;
        if list(&tills, "items").iter().find(fits).is_none() {
            return Err(DemoError::NotAsExpected(format!("finance does not see the till: {tills}")));
        }
        say(&format!("{} sees the till closed and balanced", office.approves.name), &format!("{} yuan", yuan(cash)));
        Ok(())
    }
}
