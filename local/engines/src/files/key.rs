use std::path::{Path, PathBuf};

/// A file's key: `2026/11/a.pdf`. Each part between slashes becomes a folder or a file on this disk, so it may not be empty,
/// `.` or `..`, nor hold a backslash or a control character, nor be longer than 200 bytes; the whole at most 1,024 bytes as
/// in the cloud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectKey(String);

/// Not a key that this disk can hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the key cannot be kept as a file's path")]
pub struct ObjectKeyError;

impl ObjectKey {
    /// Checks the key.
    pub fn parse(key: &str) -> Result<Self, ObjectKeyError> {
        let part = |part: &str| {
            !matches!(part, "" | "." | "..") && part.len() <= 200 && !part.chars().any(|c| c.is_control() || c == '\\')
        };
        match key.len() <= 1024 && key.split('/').all(part) {
            true => Ok(Self(key.to_owned())),
            false => Err(ObjectKeyError),
        }
    }

    /// The key's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where the bytes are.
    pub(super) fn object(&self, bucket: &Path) -> PathBuf {
        bucket.join("objects").join(&self.0)
    }

    /// Where it is written what the bytes are.
    pub(super) fn about(&self, bucket: &Path) -> PathBuf {
        bucket.join("about").join(format!("{}.json", self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_stays_inside_its_bucket() {
        assert!(ObjectKey::parse("2026/11/发票 1.pdf").is_ok());
        for key in ["", "/etc/passwd", "../x", "a/../../x", "a//b", "a/", "./a", "a\\..\\b", "a\0b", "a/.."] {
            assert_eq!(ObjectKey::parse(key), Err(ObjectKeyError), "{key:?}");
        }
        assert_eq!(ObjectKey::parse(&"k".repeat(201)), Err(ObjectKeyError));
    }
}
