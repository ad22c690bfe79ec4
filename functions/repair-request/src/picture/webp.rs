use super::take;

/// What is needed to show a still picture as it looks. Source: WebP Container Specification (RFC 9649).
const SHOWN: [&[u8]; 5] = [b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP"];
const SAYS_EXIF: u8 = 0b1000;
const SAYS_XMP: u8 = 0b0100;
const SAYS_ANIMATION: u8 = 0b0010;

/// The picture without EXIF, XMP and anything after its end; a film is refused.
pub(super) fn plain(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut rest = bytes.strip_prefix(b"RIFF")?;
    let size = little(take(&mut rest, 4)?)?;
    let mut rest = rest.get(..size)?.strip_prefix(b"WEBP")?;
    let mut kept = b"RIFF\0\0\0\0WEBP".to_vec();
    let mut seen = false;
    while !rest.is_empty() {
        let kind = take(&mut rest, 4)?;
        let length = take(&mut rest, 4)?;
        // A chunk of odd length has a byte more.
        let content = take(&mut rest, little(length)?.checked_next_multiple_of(2)?)?;
        if kind == b"ANIM" || kind == b"ANMF" {
            return None;
        }
        if !SHOWN.contains(&kind) {
            continue;
        }
        seen |= kind == b"VP8 " || kind == b"VP8L";
        kept.extend(kind);
        kept.extend(length);
        let start = kept.len();
        kept.extend(content);
        if kind == b"VP8X" {
            *kept.get_mut(start)? &= !(SAYS_EXIF | SAYS_XMP | SAYS_ANIMATION);
        }
    }
    let size = u32::try_from(kept.len() - 8).ok()?;
    kept[4..8].copy_from_slice(&size.to_le_bytes());
    seen.then_some(kept)
}

fn little(four: &[u8]) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(four.try_into().ok()?)).ok()
}
