//! A short fixed name for any text, so that the same cause always gets the same number.

/// The 32 letters and digits of a ULID (Crockford): none is mistaken for another.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// 26 letters and digits that stand for the parts: their [`hash`] in base 32.
pub(crate) fn fingerprint(parts: &[&str]) -> String {
    let hash = hash(parts);
    (0..26).rev().map(|at| char::from(ALPHABET[usize::try_from(hash >> (at * 5) & 31).unwrap_or(0)])).collect()
}

/// FNV-1a of 128 bits. The parts are divided by a byte that no text holds, so («ab», «c») and («a», «bc») differ. Not for
/// secrets: it names what verified channels told us.
pub(crate) fn hash(parts: &[&str]) -> u128 {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let mut hash = OFFSET;
    for part in parts {
        for byte in part.bytes().chain([0xff]) {
            hash = (hash ^ u128::from(byte)).wrapping_mul(PRIME);
        }
    }
    hash
}
