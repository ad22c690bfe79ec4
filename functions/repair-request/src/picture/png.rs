use super::take;

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// What is needed to show the picture as it looks. Source: W3C PNG, third edition, chapter 11.
const SHOWN: [&[u8]; 10] = [b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"pHYs"];

/// The picture without text, EXIF, time, animation and anything after its end.
pub(super) fn plain(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut rest = bytes.strip_prefix(SIGNATURE)?;
    let mut kept = Vec::with_capacity(bytes.len());
    kept.extend(SIGNATURE);
    let mut seen = false;
    loop {
        let length = u32::from_be_bytes(rest.get(..4)?.try_into().ok()?);
        // Length, kind and checksum stand around the content.
        let chunk = take(&mut rest, usize::try_from(length).ok()?.checked_add(12)?)?;
        let kind = &chunk[4..8];
        if SHOWN.contains(&kind) {
            kept.extend(chunk);
        }
        match kind {
            b"IDAT" => seen = true,
            b"IEND" => return seen.then_some(kept),
            _ => {}
        }
    }
}
