//! The smallest pictures that tell where they were taken.

/// Stands wherever a camera writes something about a picture.
pub(crate) const SECRET: &str = "N39.084158E117.200983";
/// Stands for what is seen.
pub(crate) const SEEN: &str = "pixels";

fn segment(marker: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u16::try_from(content.len() + 2).unwrap();
    [&[0xff, marker][..], &length.to_be_bytes(), &content].concat()
}

/// A JPEG of two scans with EXIF, XMP, a comment, a second picture after its end; it is to be turned as `way_up` says.
pub(crate) fn jpeg(way_up: u8) -> Vec<u8> {
    let tiff = [
        b"II*\0\x08\0\0\0\x02\0\x12\x01\x03\0\x01\0\0\0",
        &[way_up, 0, 0, 0][..],
        b"\x25\x88\x04\0\x01\0\0\0\x26\0\0\0\0\0\0\0",
    ]
    .concat();
    let secret = SECRET.as_bytes();
    [
        b"\xff\xd8".to_vec(),
        segment(0xe0, &[b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0"]),
        segment(0xe1, &[b"Exif\0\0", &tiff, secret]),
        segment(0xe1, &[b"http://ns.adobe.com/xap/1.0/\0", secret]),
        segment(0xfe, &[secret]),
        segment(0xdb, &[&[0; 65]]),
        segment(0xc2, &[&[8, 0, 1, 0, 1, 1, 1, 0x11, 0]]),
        segment(0xda, &[&[1, 1, 0, 0, 0, 0]]),
        b"pixels\xff\x00\xff\xd0".to_vec(),
        segment(0xed, &[b"Photoshop 3.0\0", secret]),
        segment(0xda, &[&[1, 1, 0, 1, 63, 0]]),
        b"more\xff\x00".to_vec(),
        b"\xff\xd9\xff\xd8".to_vec(),
        secret.to_vec(),
    ]
    .concat()
}

/// A PNG with text and EXIF, and something after its end. Its checksums are left zero: nobody here reads them.
pub(crate) fn png() -> Vec<u8> {
    let chunk = |kind: &[u8], content: &[u8]| {
        let length = u32::try_from(content.len()).unwrap();
        [&length.to_be_bytes()[..], kind, content, &[0; 4]].concat()
    };
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0]),
        chunk(b"tEXt", SECRET.as_bytes()),
        chunk(b"eXIf", SECRET.as_bytes()),
        chunk(b"IDAT", SEEN.as_bytes()),
        chunk(b"IEND", b""),
        SECRET.as_bytes().to_vec(),
    ]
    .concat()
}

/// A WebP with EXIF and XMP, and something after its end.
pub(crate) fn webp() -> Vec<u8> {
    let chunk = |kind: &[u8], content: &[u8]| {
        let length = u32::try_from(content.len()).unwrap();
        let pad = vec![0; content.len() % 2];
        [kind, &length.to_le_bytes(), content, &pad].concat()
    };
    let chunks = [
        chunk(b"VP8X", &[0b0010_1100, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        chunk(b"VP8 ", SEEN.as_bytes()),
        chunk(b"EXIF", SECRET.as_bytes()),
        chunk(b"XMP ", SECRET.as_bytes()),
    ]
    .concat();
    let size = u32::try_from(chunks.len() + 4).unwrap();
    [b"RIFF", &size.to_le_bytes()[..], b"WEBP", &chunks, SECRET.as_bytes()].concat()
}
