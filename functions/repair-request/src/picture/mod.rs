//! A picture as it is kept: what a camera wrote beside it (where it was taken, when, by whom, a smaller copy, a film) is left
//! out. What stays is listed, so that what nobody here has heard of goes too.

mod jpeg;
mod png;
mod webp;

use heatpay_domain::repair::PhotoFormat;

/// A picture without what was written beside it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) format: PhotoFormat,
    pub(crate) bytes: Vec<u8>,
}

impl Picture {
    /// Reads a JPEG, PNG or WebP by what it begins with; `None`: it is none of these, is cut short, or is no still picture.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let (format, bytes) = match bytes {
            [0xff, 0xd8, ..] => (PhotoFormat::Jpeg, jpeg::plain(bytes)?),
            [0x89, b'P', b'N', b'G', ..] => (PhotoFormat::Png, png::plain(bytes)?),
            [b'R', b'I', b'F', b'F', ..] => (PhotoFormat::Webp, webp::plain(bytes)?),
            _ => return None,
        };
        Some(Self { format, bytes })
    }
}

/// Takes `count` bytes off the front.
fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (front, back) = rest.split_at_checked(count)?;
    *rest = back;
    Some(front)
}

#[cfg(test)]
pub(crate) mod samples;

#[cfg(test)]
mod tests {
    use super::{PhotoFormat, Picture, samples};
    use proptest::prelude::*;

    fn has(bytes: &[u8], text: &str) -> bool {
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    }

    #[test]
    fn where_and_when_it_was_taken_is_left_out() {
        for (format, bytes) in [
            (PhotoFormat::Jpeg, samples::jpeg(6)),
            (PhotoFormat::Png, samples::png()),
            (PhotoFormat::Webp, samples::webp()),
        ] {
            assert!(has(&bytes, samples::SECRET), "{format:?}: the sample tells something");
            let picture = Picture::read(&bytes).unwrap();
            assert_eq!(picture.format, format);
            assert!(!has(&picture.bytes, samples::SECRET), "{format:?}");
            assert!(has(&picture.bytes, samples::SEEN), "{format:?}: what is seen stays");
        }
    }

    #[test]
    fn a_picture_that_is_plain_already_stays_as_it_is() {
        for bytes in [samples::jpeg(6), samples::jpeg(1), samples::png(), samples::webp()] {
            let once = Picture::read(&bytes).unwrap();
            assert_eq!(Picture::read(&once.bytes), Some(once));
        }
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        for bytes in
            [&b""[..], b"GIF89a", b"%PDF-1.7", b"<svg onload=alert(1)>", b"\xff\xd8", b"\x89PNG", b"RIFF\0\0\0\0WAVE"]
        {
            assert_eq!(Picture::read(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn a_picture_cut_short_is_refused() {
        for bytes in [samples::jpeg(1), samples::png(), samples::webp()] {
            let whole = Picture::read(&bytes).unwrap().bytes;
            for end in 0..whole.len() {
                assert_eq!(Picture::read(&whole[..end]), None, "{end} of {}", whole.len());
            }
        }
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(kind in 0_usize..3, at in 0_usize..200, with in any::<[u8; 4]>()) {
            let mut bytes = vec![samples::jpeg(6), samples::png(), samples::webp()].swap_remove(kind);
            for (place, byte) in with.into_iter().enumerate() {
                if let Some(there) = bytes.get_mut(at + place) {
                    *there = byte;
                }
            }
            if let Some(picture) = Picture::read(&bytes) {
                prop_assert_eq!(Picture::read(&picture.bytes), Some(picture));
            }
        }
    }
}
