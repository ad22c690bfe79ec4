//! A ZIP as Alipay makes it: names in GBK without the flag for UTF-8, which the makers of ZIP libraries no longer write.

use encoding_rs::GBK;
use flate2::{Compression, Crc, write::DeflateEncoder};
use std::io::{self, Write};

/// Packs files, name and text, both in GBK.
pub(super) fn zip(files: &[(String, String)]) -> io::Result<Vec<u8>> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in files {
        let (name, text) = (GBK.encode(name).0, GBK.encode(text).0);
        let mut crc = Crc::new();
        crc.update(&text);
        let mut packed = DeflateEncoder::new(Vec::new(), Compression::default());
        packed.write_all(&text)?;
        let packed = packed.finish()?;
        // Version 2.0, no flags, deflated, 2026-01-01 00:00.
        let mut common = vec![20, 0, 0, 0, 8, 0, 0, 0, 0x21, 0x5c];
        common.extend(crc.sum().to_le_bytes());
        for size in [packed.len(), text.len()] {
            common.extend(length(size)?);
        }
        common.extend(short(name.len())?);
        common.extend([0, 0]);
        directory.extend(*b"PK\x01\x02\x14\x00");
        directory.extend(&common);
        // No comment, first disk, no attributes, then where the file begins.
        directory.extend([0; 10]);
        directory.extend(length(archive.len())?);
        directory.extend(&*name);
        archive.extend(*b"PK\x03\x04");
        archive.extend(&common);
        archive.extend(&*name);
        archive.extend(&packed);
    }
    let start = archive.len();
    let count = short(files.len())?;
    archive.extend(&directory);
    archive.extend(*b"PK\x05\x06\x00\x00\x00\x00");
    archive.extend(count);
    archive.extend(count);
    archive.extend(length(directory.len())?);
    archive.extend(length(start)?);
    archive.extend([0, 0]);
    Ok(archive)
}

fn length(size: usize) -> io::Result<[u8; 4]> {
    u32::try_from(size).map(u32::to_le_bytes).map_err(io::Error::other)
}

fn short(size: usize) -> io::Result<[u8; 2]> {
    u16::try_from(size).map(u16::to_le_bytes).map_err(io::Error::other)
}
