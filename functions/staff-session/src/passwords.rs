//! Passwords, kept as Argon2id hashes (RFC 9106).

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version,
    password_hash::{PasswordHash, SaltString},
};
use heatpay_ports::Ids;
use heatpay_runtime::{BootError, Problem, settings::Settings};
use std::sync::Arc;

/// 19 MiB and two passes: OWASP's choice for Argon2id with one lane (Password Storage Cheat Sheet).
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;

#[derive(Clone)]
pub(crate) struct Passwords {
    argon2: Argon2<'static>,
    /// A hash that no password has, as dear to look at as any: who guesses names cannot tell by the time it takes.
    nobodys: Arc<str>,
}

/// The hash could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the password cannot be hashed: {0}")]
struct NotHashed(String);

impl Passwords {
    pub(crate) fn of(settings: &Settings) -> Result<Self, BootError> {
        let memory_kib = settings.parsed_or("PASSWORD_MEMORY_KIB", MEMORY_KIB)?;
        let passes = settings.parsed_or("PASSWORD_PASSES", PASSES)?;
        let params = Params::new(memory_kib, passes, 1, None).map_err(|error| BootError::Unusable {
            what: "PASSWORD_MEMORY_KIB or PASSWORD_PASSES",
            source: error.to_string().into(),
        })?;
        let (salt, hash) = ("bm9ib2R5J3Mgc2FsdA", "A".repeat(43));
        Ok(Self {
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            nobodys: format!("$argon2id$v=19$m={memory_kib},t={passes},p=1${salt}${hash}").into(),
        })
    }

    /// The hash to keep, with a salt of its own.
    pub(crate) async fn hash(&self, ids: &dyn Ids, password: &str) -> Result<String, Problem> {
        let mut salt = [0; 16];
        ids.fill(&mut salt);
        let (argon2, password) = (self.argon2.clone(), password.to_owned());
        computed(move || {
            let salt = SaltString::encode_b64(&salt).map_err(|error| NotHashed(error.to_string()))?;
            let hash = argon2.hash_password(password.as_bytes(), &salt);
            hash.map(|hash| hash.to_string()).map_err(|error| NotHashed(error.to_string()))
        })
        .await
    }

    /// Whether the password has that hash. Without one the answer is no, after the same time.
    pub(crate) async fn matches(&self, password: &str, hash: Option<&str>) -> Result<bool, Problem> {
        let (argon2, password) = (self.argon2.clone(), password.to_owned());
        let known = hash.is_some();
        let hash = hash.unwrap_or(&self.nobodys).to_owned();
        computed(move || {
            let hash = PasswordHash::new(&hash).map_err(|error| NotHashed(error.to_string()))?;
            Ok(argon2.verify_password(password.as_bytes(), &hash).is_ok() && known)
        })
        .await
    }
}

/// Away from the threads that answer requests: it takes tens of milliseconds.
async fn computed<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, NotHashed> + Send + 'static,
) -> Result<T, Problem> {
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(Problem::internal(&error)),
        Err(error) => Err(Problem::internal(&error)),
    }
}

#[cfg(test)]
mod tests {
    use super::Passwords;
    use heatpay_ports::RandomIds;
    use heatpay_runtime::settings::Settings;

    fn settings(memory_kib: &str) -> Settings {
        let pairs = [("PASSWORD_MEMORY_KIB", memory_kib), ("PASSWORD_PASSES", "1")];
        Settings::from_pairs(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())))
    }

    #[tokio::test]
    async fn a_password_is_known_by_its_hash_and_hashes_never_repeat() {
        let passwords = Passwords::of(&settings("64")).unwrap();
        let ids = RandomIds::default();
        let first = passwords.hash(&ids, "correct horse").await.unwrap();
        assert_ne!(first, passwords.hash(&ids, "correct horse").await.unwrap());
        assert!(first.starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
        assert!(passwords.matches("correct horse", Some(&first)).await.unwrap());
        assert!(!passwords.matches("correct horse!", Some(&first)).await.unwrap());
    }

    #[tokio::test]
    async fn a_hash_of_other_settings_is_still_known() {
        let before =
            Passwords::of(&settings("32")).unwrap().hash(&RandomIds::default(), "correct horse").await.unwrap();
        assert!(Passwords::of(&settings("64")).unwrap().matches("correct horse", Some(&before)).await.unwrap());
    }

    #[tokio::test]
    async fn nobody_has_no_password() {
        let passwords = Passwords::of(&settings("64")).unwrap();
        assert!(!passwords.matches("", None).await.unwrap());
    }

    #[test]
    fn unless_told_otherwise_it_is_as_owasp_says() {
        let passwords = Passwords::of(&Settings::default()).unwrap();
        assert!(passwords.nobodys.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(Passwords::of(&settings("1")).is_err());
    }
}
