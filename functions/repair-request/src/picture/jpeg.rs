use super::take;

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const APP0: u8 = 0xe0;
const APP1: u8 = 0xe1;
const APP2: u8 = 0xe2;
const APP14: u8 = 0xee;
const APP15: u8 = 0xef;
const COM: u8 = 0xfe;
const EXIF: &[u8] = b"Exif\0\0";

/// The picture without EXIF, XMP, comments, other pictures and anything after its end; which way up it is stays.
/// Source: ITU-T T.81 annex B (markers); Exif 2.32 (the orientation, tag 0x0112).
pub(super) fn plain(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut rest = bytes.strip_prefix(&[0xff, SOI])?;
    let mut kept = Vec::with_capacity(bytes.len());
    kept.extend([0xff, SOI]);
    let (mut scanned, mut turned) = (false, false);
    loop {
        let marker = marker(&mut rest)?;
        if marker == EOI {
            kept.extend([0xff, EOI]);
            return scanned.then_some(kept);
        }
        let length = u16::from_be_bytes(rest.get(..2)?.try_into().ok()?);
        let segment = take(&mut rest, usize::from(length))?;
        let content = segment.get(2..)?;
        match marker {
            APP1 if !turned => {
                if let Some(way_up) = content.strip_prefix(EXIF).and_then(orientation).filter(|way| *way != 1) {
                    kept.extend(only_orientation(way_up));
                    turned = true;
                }
            }
            APP0 if content.starts_with(b"JFIF\0") => keep(&mut kept, marker, segment),
            APP2 if content.starts_with(b"ICC_PROFILE\0") => keep(&mut kept, marker, segment),
            APP14 if content.starts_with(b"Adobe") => keep(&mut kept, marker, segment),
            APP0..=APP15 | COM => {}
            SOS => {
                keep(&mut kept, marker, segment);
                let coded = scan(rest)?;
                kept.extend(take(&mut rest, coded)?);
                scanned = true;
            }
            _ => keep(&mut kept, marker, segment),
        }
    }
}

fn keep(kept: &mut Vec<u8>, marker: u8, segment: &[u8]) {
    kept.extend([0xff, marker]);
    kept.extend(segment);
}

/// The next marker; fill bytes before it are read past.
fn marker(rest: &mut &[u8]) -> Option<u8> {
    if take(rest, 1)? != [0xff] {
        return None;
    }
    loop {
        match take(rest, 1)?[0] {
            0xff => {}
            marker @ (0xc0..=0xcf | EOI..=COM) => return Some(marker),
            _ => return None,
        }
    }
}

/// How long the coded data is: up to a marker that is no stuffed byte and no restart.
fn scan(data: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += data.get(at..)?.iter().position(|byte| *byte == 0xff)?;
        match data.get(at + 1)? {
            0x00 | 0xd0..=0xd7 => at += 2,
            0xff => at += 1,
            _ => return Some(at),
        }
    }
}

/// Which way up the picture is, 1 to 8, out of the TIFF in an EXIF segment.
fn orientation(tiff: &[u8]) -> Option<u8> {
    let little = match tiff.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let short = |at: usize| -> Option<u16> {
        let two = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little { u16::from_le_bytes(two) } else { u16::from_be_bytes(two) })
    };
    let four: [u8; 4] = tiff.get(4..8)?.try_into().ok()?;
    let directory = if little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) };
    let directory = usize::try_from(directory).ok()?;
    for entry in 0..usize::from(short(directory)?) {
        let at = directory.checked_add(2 + entry * 12)?;
        if short(at)? == 0x0112 {
            return u8::try_from(short(at + 8)?).ok().filter(|way| (1..=8).contains(way));
        }
    }
    None
}

/// An EXIF segment that says which way up, and nothing else.
fn only_orientation(way_up: u8) -> [u8; 36] {
    let mut segment = *b"\xff\xe1\x00\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0";
    segment[29] = way_up;
    segment
}
