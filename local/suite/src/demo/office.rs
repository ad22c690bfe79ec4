//! The company's people: the first administrator comes in with the one-time code, the others he enters, and everybody enrols with
//! a password and an authenticator.

use super::{
    client::DemoError,
    walk::{Walk, say, text},
};
use heatpay_ports::{Ids, RandomIds};
use heatpay_runtime::totp::TotpSecret;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::path::PathBuf;

/// A code of an authenticator is good once: so many seconds later it shows another.
const NEXT_CODE_SECONDS: i64 = 31;

/// What a person signs in with.
#[derive(Serialize, Deserialize)]
struct Credentials {
    login_name: String,
    password: String,
    /// Base 32.
    totp_secret: String,
}

/// Somebody at his desk.
pub(super) struct Colleague {
    pub(super) name: &'static str,
    credentials: Credentials,
    pub(super) token: String,
}

/// The three the walk needs.
pub(super) struct Office {
    /// Asks for refunds.
    pub(super) asks: Colleague,
    /// Approves them.
    pub(super) approves: Colleague,
    /// Takes money at the counter.
    pub(super) cashier: Colleague,
}

impl Walk<'_> {
    /// The administrator signs in and enters three colleagues, new ones at each walk.
    pub(super) async fn open_the_office(&self) -> Result<Office, DemoError> {
        let administrator = self.administrator().await?;
        let office = Office {
            asks: self.enter(&administrator, "李娜", "li.na", "finance").await?,
            approves: self.enter(&administrator, "赵敏", "zhao.min", "finance").await?,
            cashier: self.enter(&administrator, "王芳", "wang.fang", "cashier").await?,
        };
        let names = [&office.asks, &office.approves, &office.cashier].map(|one| one.name).join(", ");
        say("entered and enrolled, with password and authenticator", &format!("{names}: finance, finance, cashier"));
        Ok(office)
    }

    /// The token of a new session.
    pub(super) async fn sign_in_anew(&self, who: &Colleague) -> Result<String, DemoError> {
        let token = self.staff_session(&who.credentials).await?;
        say("signed in with password and authenticator", who.name);
        Ok(token)
    }

    /// The administrator of an earlier walk, or the first one ever.
    async fn administrator(&self) -> Result<String, DemoError> {
        let kept = self.administrator_file();
        let Ok(bytes) = std::fs::read(&kept) else { return self.first_administrator().await };
        let damaged = |error| DemoError::NotAsExpected(format!("{} is damaged: {error}", kept.display()));
        let credentials: Credentials = serde_json::from_slice(&bytes).map_err(damaged)?;
        match self.staff_session(&credentials).await {
            // He had not enrolled when that walk ended.
            Err(DemoError::Refused { .. }) => self.first_administrator().await,
            signed_in => {
                say("administrator signed in with password and authenticator", &credentials.login_name);
                signed_in
            }
        }
    }

    async fn first_administrator(&self) -> Result<String, DemoError> {
        let path = self.folder.join("secrets/first-administrator.json");
        let secret = std::fs::read(&path).map_err(|source| DemoError::File { path: path.clone(), source })?;
        let secret: Value = serde_json::from_slice(&secret).unwrap_or_default();
        let wanted = json!({ "secret": secret["code"], "login_name": "demo.administrator", "name": "王建国" });
        let invited = match self.client.post("/api/staff/first-administrator", None, wanted).await {
            Err(error) if error.is(409) => {
                let (folder, kept) = (self.folder.display(), self.administrator_file());
                return Err(DemoError::NotAsExpected(format!(
                    "somebody else is the first administrator of {folder}: only he enters colleagues. Put his login_name, password \
                     and totp_secret into {}, or walk on a folder of its own",
                    kept.display()
                )));
            }
            invited => invited?,
        };
        let (_, token) = self.enrol(&invited, Some(self.administrator_file())).await?;
        say("first administrator, by the one-time code", "demo.administrator");
        Ok(token)
    }

    async fn enter(
        &self,
        administrator: &str,
        name: &'static str,
        login_name: &str,
        role: &str,
    ) -> Result<Colleague, DemoError> {
        let login_name = format!("{login_name}.{}", RandomIds::default().digits(8));
        let rights = json!({ "name": name, "roles": [role], "branches": "all" });
        let wanted = json!({ "login_name": login_name, "rights": rights });
        let invited = self.client.post("/api/staff/members", Some(administrator), wanted).await?;
        let (credentials, token) = self.enrol(&invited, None).await?;
        Ok(Colleague { name, credentials, token })
    }

    /// Chooses a password, pairs an authenticator, shows its first code. What he will sign in with is kept before he can.
    async fn enrol(&self, invited: &Value, kept_in: Option<PathBuf>) -> Result<(Credentials, String), DemoError> {
        let (login_name, code) = (text(&invited["staff"], "login_name")?, text(invited, "enrolment_code")?);
        let password = RandomIds::default().token(24);
        let chosen = json!({ "login_name": login_name, "enrolment_code": code, "password": password });
        let paired = self.client.post("/api/staff/enrolment", None, chosen).await?;
        let totp_secret = text(&paired, "totp_secret")?;
        let credentials = Credentials { login_name, password, totp_secret };
        if let Some(path) = kept_in {
            let bytes = json!(credentials).to_string();
            std::fs::write(&path, bytes).map_err(|source| DemoError::File { path, source })?;
        }
        let shown = json!({
            "login_name": credentials.login_name, "enrolment_code": code, "totp_code": self.code(&credentials).await?,
        });
        let session = self.client.post("/api/staff/enrolment/confirmation", None, shown).await?;
        let token = text(&session, "access_token")?;
        Ok((credentials, token))
    }

    /// Signs in; with the next code where the present one was used already.
    async fn staff_session(&self, credentials: &Credentials) -> Result<String, DemoError> {
        let first = self.show(credentials).await;
        let session = match first {
            Err(DemoError::Refused { .. }) => {
                self.advance(NEXT_CODE_SECONDS).await?;
                self.show(credentials).await?
            }
            first => first?,
        };
        text(&session, "access_token")
    }

    async fn show(&self, credentials: &Credentials) -> Result<Value, DemoError> {
        let Credentials { login_name, password, .. } = credentials;
        let totp_code = self.code(credentials).await?;
        let shown = json!({ "login_name": login_name, "password": password, "totp_code": totp_code });
        self.client.post("/api/staff/session", None, shown).await
    }

    /// What the authenticator shows now.
    async fn code(&self, credentials: &Credentials) -> Result<String, DemoError> {
        let secret = TotpSecret::parse(&credentials.totp_secret);
        let secret = secret.ok_or_else(|| DemoError::NotAsExpected("the authenticator's secret is none".to_owned()))?;
        Ok(secret.code_at(self.now().await?))
    }

    fn administrator_file(&self) -> PathBuf {
        self.folder.join("demo-administrator.json")
    }
}
