//! The company's people, each with a password and an authenticator.

use super::{Answer, Town};
use heatpay_domain::staff::{Branches, Role};
use heatpay_runtime::totp::TotpSecret;
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};

/// A password that keeps the rules.
pub const PASSWORD: &str = "a long sentence nobody guesses";

/// A member of staff at his desk.
pub struct StaffMember<'a> {
    pub(super) town: &'a Town,
    /// His number.
    pub staff_no: String,
    /// What he signs in as.
    pub login_name: String,
    /// His access token.
    pub token: String,
    /// His refresh token.
    pub refresh_token: String,
    /// His authenticator.
    pub totp: TotpSecret,
}

impl Town {
    /// The one-time secret of the first administrator.
    pub async fn first_administrator_secret(&self) -> String {
        let context = self.world.operator().await.expect("the secrets answer");
        let secret: Value = context.secret("FIRST_ADMINISTRATOR_SECRET_ID").await.expect("a secret");
        secret["code"].as_str().expect("text").to_owned()
    }

    /// The first administrator, who comes in by the one-time secret.
    pub async fn first_administrator(&self) -> StaffMember<'_> {
        let wanted = json!({
            "secret": self.first_administrator_secret().await, "login_name": "first.administrator", "name": "王建国",
        });
        let invited = self.ask(Method::POST, "/api/staff/first-administrator", wanted).await.expect(201);
        self.enrol(&invited).await
    }

    /// Two of finance, entered once a town and signed in anew whenever they are called.
    pub async fn two_of_finance(&self) -> [StaffMember<'_>; 2] {
        let [_, one, other] = self.office().await;
        [self.at_his_desk(one).await, self.at_his_desk(other).await]
    }

    /// A cashier who has not taken anything yet.
    pub async fn new_cashier(&self) -> StaffMember<'_> {
        let [first, ..] = self.office().await;
        let login_name = format!("cashier.{}", self.world.ids.digits(12));
        self.at_his_desk(first).await.enters(&login_name, &[Role::Cashier]).await
    }

    /// The first administrator and two of finance.
    async fn office(&self) -> &[(String, TotpSecret); 3] {
        let entered = self.office.get_or_init(|| async {
            let first = self.first_administrator().await;
            let one = first.enters("li.na", &[Role::Finance]).await;
            let other = first.enters("zhao.min", &[Role::Finance]).await;
            // A code is good once.
            self.pass(SignedDuration::from_mins(1)).await;
            [first, one, other].map(|member| (member.login_name, member.totp))
        });
        entered.await
    }

    async fn at_his_desk(&self, (login_name, totp): &(String, TotpSecret)) -> StaffMember<'_> {
        let shown = json!({ "login_name": login_name, "password": PASSWORD, "totp_code": totp.code_at(self.now()) });
        let session = self.ask(Method::POST, "/api/staff/session", shown).await.expect(200);
        self.member(&session, totp.clone())
    }

    /// Enrols somebody with the code he was told.
    pub async fn enrol(&self, invited: &Value) -> StaffMember<'_> {
        let mut shown = json!({
            "login_name": invited["staff"]["login_name"], "enrolment_code": invited["enrolment_code"], "password": PASSWORD,
        });
        let paired = self.ask(Method::POST, "/api/staff/enrolment", shown.clone()).await.expect(200);
        let totp = TotpSecret::parse(paired["totp_secret"].as_str().expect("text")).expect("a secret");
        shown.as_object_mut().expect("an object").remove("password");
        shown["totp_code"] = json!(totp.code_at(self.now()));
        let session = self.ask(Method::POST, "/api/staff/enrolment/confirmation", shown).await.expect(200);
        self.member(&session, totp)
    }

    /// Whoever was answered that session.
    pub fn member(&self, session: &Value, totp: TotpSecret) -> StaffMember<'_> {
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        StaffMember {
            town: self,
            staff_no: text(&session["staff"]["staff_no"]),
            login_name: text(&session["staff"]["login_name"]),
            token: text(&session["access_token"]),
            refresh_token: text(&session["refresh_token"]),
            totp,
        }
    }

    /// Changes an entry of the operation log behind everybody's back.
    pub async fn rewrite_operation(&self, staff_no: &str, entry: &str, field: &str, value: &str) {
        let context = self.world.operator().await.expect("the tables answer");
        let update =
            context.aws.dynamodb.update_item().table_name(context.settings.required("OPERATIONS_TABLE").expect("set"));
        let update = update.key("staff_no", text(staff_no)).key("entry", text(entry));
        let update = update.update_expression("SET #field = :value").expression_attribute_names("#field", field);
        update.expression_attribute_values(":value", text(value)).send().await.expect("the table takes it");
    }

    /// Removes one.
    pub async fn remove_operation(&self, staff_no: &str, entry: &str) {
        let context = self.world.operator().await.expect("the tables answer");
        let delete =
            context.aws.dynamodb.delete_item().table_name(context.settings.required("OPERATIONS_TABLE").expect("set"));
        let delete = delete.key("staff_no", text(staff_no)).key("entry", text(entry));
        delete.send().await.expect("the table takes it");
    }

    /// One call without a token.
    pub async fn ask(&self, method: Method, path: &str, body: Value) -> Answer {
        self.call(method, path, None, Some(body), &[]).await
    }
}

fn text(value: &str) -> aws_sdk_dynamodb::types::AttributeValue {
    aws_sdk_dynamodb::types::AttributeValue::S(value.to_owned())
}

impl<'a> StaffMember<'a> {
    /// Enters somebody of that role, everywhere, and lets him enrol.
    pub async fn enters(&self, login_name: &str, roles: &[Role]) -> StaffMember<'a> {
        self.enters_in(login_name, roles, &Branches::All).await
    }

    /// Enters somebody of those roles in those branches, and lets him enrol.
    pub async fn enters_in(&self, login_name: &str, roles: &[Role], branches: &Branches) -> StaffMember<'a> {
        let rights = json!({ "name": "林晓晨", "roles": roles, "branches": branches });
        let wanted = json!({ "login_name": login_name, "rights": rights });
        let invited = self.post("/api/staff/members", wanted).await.expect(201);
        self.town.enrol(&invited).await
    }

    /// Signs in anew, with the code his authenticator shows now.
    pub async fn sign_in(&self, password: &str) -> Answer {
        let shown = json!({
            "login_name": self.login_name, "password": password, "totp_code": self.totp.code_at(self.town.now()),
        });
        self.town.ask(Method::POST, "/api/staff/session", shown).await
    }

    /// The same person, signed in anew.
    pub async fn again(&self) -> StaffMember<'a> {
        let session = self.sign_in(PASSWORD).await.expect(200);
        self.town.member(&session, self.totp.clone())
    }

    /// Shows his refresh token.
    pub async fn refresh(&self) -> Answer {
        let shown = json!({ "refresh_token": self.refresh_token });
        self.town.ask(Method::POST, "/api/staff/session/refresh", shown).await
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.town.call(Method::GET, path, Some(&self.token), None, &[]).await
    }

    /// POST.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.town.call(Method::POST, path, Some(&self.token), Some(body), &[]).await
    }

    /// PUT.
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.town.call(Method::PUT, path, Some(&self.token), Some(body), &[]).await
    }
}
