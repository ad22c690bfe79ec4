use bytes::Bytes;

/// A body that is not what its headers or its trailer say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BadBody;

/// A decoded body and the checksum in its trailer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decoded {
    pub(super) bytes: Vec<u8>,
    pub(super) crc32: Option<String>,
}

/// Decodes `aws-chunked`: chunks of `<hex size>[;chunk-signature=…]CRLF<bytes>CRLF`, a last one of size 0, then trailer
/// lines such as `x-amz-checksum-crc32:<base64>`. Signatures are read past: nothing is secret on one machine.
/// Source: S3 API Reference, "Signature calculations: transferring payload in multiple chunks".
pub(super) fn decode(body: &Bytes) -> Result<Decoded, BadBody> {
    let mut rest: &[u8] = body;
    let mut bytes = Vec::with_capacity(rest.len());
    loop {
        let head = std::str::from_utf8(line(&mut rest)?).map_err(|_| BadBody)?;
        let size = head.split(';').next().unwrap_or_default();
        let size = usize::from_str_radix(size, 16).map_err(|_| BadBody)?;
        if size == 0 {
            break;
        }
        let chunk = rest.get(..size).ok_or(BadBody)?;
        bytes.extend_from_slice(chunk);
        rest = rest[size..].strip_prefix(b"\r\n").ok_or(BadBody)?;
    }
    let mut crc32 = None;
    while !rest.is_empty() {
        let trailer = std::str::from_utf8(line(&mut rest)?).map_err(|_| BadBody)?;
        if let Some(("x-amz-checksum-crc32", value)) = trailer.split_once(':') {
            crc32 = Some(value.trim().to_owned());
        }
    }
    Ok(Decoded { bytes, crc32 })
}

fn line<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], BadBody> {
    let end = rest.windows(2).position(|pair| pair == b"\r\n").ok_or(BadBody)?;
    let line = &rest[..end];
    *rest = &rest[end + 2..];
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_chunks_and_the_trailing_checksum() {
        let body = Bytes::from_static(
            b"5;chunk-signature=abc\r\nhello\r\n6\r\n world\r\n0\r\nx-amz-checksum-crc32:DUoRhQ==\r\n\r\n",
        );
        let decoded = decode(&body).unwrap();
        assert_eq!((decoded.bytes.as_slice(), decoded.crc32.as_deref()), (&b"hello world"[..], Some("DUoRhQ==")));
    }

    #[test]
    fn a_body_cut_short_is_refused() {
        for body in ["5\r\nhel", "5\r\nhello", "5\r\nhello\r\n", "zz\r\n", "fffffffffffffffff\r\n", "ffffffff\r\nx"] {
            assert_eq!(decode(&Bytes::from_static(body.as_bytes())), Err(BadBody), "{body:?}");
        }
    }
}
