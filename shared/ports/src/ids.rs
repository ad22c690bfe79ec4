use jiff::Timestamp;
use ring::rand::{SecureRandom, SystemRandom};

/// Makes numbers that were never used before, and random bytes.
pub trait Ids: Send + Sync {
    /// Fills the buffer with bytes nobody can guess.
    fn fill(&self, bytes: &mut [u8]);

    /// A ULID in its 26 letters and digits: sorts by time, never repeats.
    fn ulid(&self, at: Timestamp) -> String {
        let mut random = [0; 16];
        self.fill(&mut random);
        let ms = u64::try_from(at.as_millisecond()).unwrap_or(0);
        ulid::Ulid::from_parts(ms, u128::from_be_bytes(random)).to_string()
    }

    /// `len` random letters and digits.
    fn token(&self, len: usize) -> String {
        const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789AB";
        let mut bytes = vec![0; len];
        self.fill(&mut bytes);
        bytes.iter().map(|b| char::from(ALPHABET[usize::from(b & 63)])).collect()
    }

    /// `len` random decimal digits.
    fn digits(&self, len: usize) -> String {
        let mut bytes = vec![0; len * 4];
        self.fill(&mut bytes);
        bytes
            .chunks_exact(4)
            .map(|c| char::from(b'0' + u8::try_from(u32::from_be_bytes([c[0], c[1], c[2], c[3]]) % 10).unwrap_or(0)))
            .collect()
    }
}

/// The operating system's random source.
#[derive(Clone, Debug)]
pub struct RandomIds(SystemRandom);

impl Default for RandomIds {
    fn default() -> Self {
        Self(SystemRandom::new())
    }
}

impl Ids for RandomIds {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.fill(bytes).expect("the operating system gives random bytes");
    }
}
