//! One page of PDF. Lengths are whole tenths of a point, from the top left corner; the page's matrix scales them, so that no
//! sum is done in floats.

use pdf_writer::{
    Content, Finish, Name, Pdf, Rect, Ref, Str,
    types::{CidFontType, FontFlags, SystemInfo},
};

/// 210 mm.
pub(super) const WIDTH: i16 = 5953;

const CHINESE: Name<'static> = Name(b"F1");
const LATIN: Name<'static> = Name(b"F2");

/// Helvetica's widths of the characters from blank to tilde, in thousandths of the size (Adobe's core font metrics).
const LATIN_WIDTHS: [i32; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
];

/// The colour things are drawn in.
#[derive(Clone, Copy)]
pub(super) enum Ink {
    Black,
    /// Frames and captions of the tax bureau's form.
    Form,
    Stamp,
}

pub(super) struct Paper {
    content: Content,
    height: i16,
}

impl Paper {
    pub(super) fn new(height: i16) -> Self {
        let mut content = Content::new();
        content.transform([0.1, 0.0, 0.0, 0.1, 0.0, 0.0]);
        content.set_line_width(6.0);
        Self { content, height }
    }

    pub(super) fn ink(&mut self, ink: Ink) {
        let [red, green, blue] = match ink {
            Ink::Black => [0.1, 0.1, 0.1],
            Ink::Form => [0.55, 0.25, 0.15],
            Ink::Stamp => [0.8, 0.1, 0.1],
        };
        self.content.set_fill_rgb(red, green, blue).set_stroke_rgb(red, green, blue);
    }

    pub(super) fn line(&mut self, from: (i16, i16), to: (i16, i16)) {
        let (from_y, to_y) = (self.up(from.1), self.up(to.1));
        self.content.move_to(f32::from(from.0), from_y).line_to(f32::from(to.0), to_y).stroke();
    }

    pub(super) fn frame(&mut self, left_top: (i16, i16), right_bottom: (i16, i16)) {
        let ((left, top), (right, bottom)) = (left_top, right_bottom);
        let y = self.up(bottom);
        self.content.rect(f32::from(left), y, f32::from(right - left), f32::from(bottom - top)).stroke();
    }

    /// An upright ellipse, by four curves.
    pub(super) fn ellipse(&mut self, centre: (i16, i16), radii: (i16, i16)) {
        let ((x, y), (rx, ry)) = (centre, radii);
        // The handle of a quarter: 0.5523 of the radius.
        let handle = |radius: i16| i16::try_from(i32::from(radius) * 5523 / 10_000).unwrap_or(radius);
        let (hx, hy) = (handle(rx), handle(ry));
        let at = |x: i16, y: i16, paper: &Self| (f32::from(x), paper.up(y));
        let quarters = [
            [(x + rx, y - hy), (x + hx, y - ry), (x, y - ry)],
            [(x - hx, y - ry), (x - rx, y - hy), (x - rx, y)],
            [(x - rx, y + hy), (x - hx, y + ry), (x, y + ry)],
            [(x + hx, y + ry), (x + rx, y + hy), (x + rx, y)],
        ];
        let start = at(x + rx, y, self);
        self.content.move_to(start.0, start.1);
        for [one, two, end] in quarters {
            let (one, two, end) = (at(one.0, one.1, self), at(two.0, two.1, self), at(end.0, end.1, self));
            self.content.cubic_to(one.0, one.1, two.0, two.1, end.0, end.1);
        }
        self.content.close_and_stroke();
    }

    /// Text on the base line `at.1`, beginning at `at.0`.
    pub(super) fn text(&mut self, at: (i16, i16), size: i16, text: &str) {
        let y = self.up(at.1);
        self.content.begin_text().set_text_matrix([1.0, 0.0, 0.0, 1.0, f32::from(at.0), y]);
        for run in runs(text) {
            match run {
                Run::Latin(text) => {
                    self.content.set_font(LATIN, f32::from(size)).show(Str(text.as_bytes()));
                }
                Run::Chinese(text) => {
                    let ucs2: Vec<u8> = text.chars().flat_map(|c| ucs2(c).to_be_bytes()).collect();
                    self.content.set_font(CHINESE, f32::from(size)).show(Str(&ucs2));
                }
            }
        }
        self.content.end_text();
    }

    /// Text that ends at `at.0`.
    pub(super) fn text_to(&mut self, at: (i16, i16), size: i16, text: &str) {
        self.text((at.0 - width(text, size), at.1), size, text);
    }

    /// Text with its middle at `at.0`.
    pub(super) fn text_around(&mut self, at: (i16, i16), size: i16, text: &str) {
        self.text((at.0 - width(text, size) / 2, at.1), size, text);
    }

    /// Characters below one another.
    pub(super) fn text_down(&mut self, at: (i16, i16), size: i16, step: i16, text: &str) {
        let mut y = at.1;
        for letter in text.chars() {
            self.text((at.0, y), size, letter.encode_utf8(&mut [0; 4]));
            y += step;
        }
    }

    pub(super) fn finish(self) -> Vec<u8> {
        let [catalog, pages, page, content] = [1, 2, 3, 4].map(Ref::new);
        let [chinese, cid_font, descriptor, latin] = [5, 6, 7, 8].map(Ref::new);
        let mut pdf = Pdf::new();
        pdf.catalog(catalog).pages(pages);
        pdf.pages(pages).kids([page]).count(1);
        let mut leaf = pdf.page(page);
        leaf.media_box(Rect::new(0.0, 0.0, tenth(WIDTH), tenth(self.height))).parent(pages).contents(content);
        leaf.resources().fonts().pair(CHINESE, chinese).pair(LATIN, latin);
        leaf.finish();
        pdf.stream(content, &self.content.finish());
        // STSong-Light is one of the fonts every reader brings for Chinese, so none is embedded.
        pdf.type0_font(chinese)
            .base_font(Name(b"STSong-Light-UniGB-UCS2-H"))
            .encoding_predefined(Name(b"UniGB-UCS2-H"))
            .descendant_font(cid_font);
        pdf.cid_font(cid_font)
            .subtype(CidFontType::Type0)
            .base_font(Name(b"STSong-Light"))
            .system_info(SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"GB1"), supplement: 4 })
            .font_descriptor(descriptor)
            .default_width(1000.0);
        pdf.font_descriptor(descriptor)
            .name(Name(b"STSong-Light"))
            .flags(FontFlags::SYMBOLIC | FontFlags::SERIF)
            .bbox(Rect::new(-25.0, -254.0, 1000.0, 880.0))
            .italic_angle(0.0)
            .ascent(880.0)
            .descent(-120.0)
            .cap_height(880.0)
            .stem_v(93.0);
        pdf.type1_font(latin).base_font(Name(b"Helvetica")).encoding_predefined(Name(b"WinAnsiEncoding"));
        pdf.finish()
    }

    fn up(&self, y: i16) -> f32 {
        f32::from(self.height - y)
    }
}

/// How wide the text is.
pub(super) fn width(text: &str, size: i16) -> i16 {
    let thousandths: i32 = text.chars().map(letter_width).sum();
    i16::try_from(thousandths * i32::from(size) / 1000).unwrap_or(i16::MAX)
}

/// Breaks the text into lines no wider than `most`.
pub(super) fn wrapped(text: &str, size: i16, most: i16) -> Vec<String> {
    let mut lines = vec![String::new()];
    for letter in text.chars() {
        let last = lines.len() - 1;
        let line = &mut lines[last];
        if letter == '\n' || width(line, size) + width(letter.encode_utf8(&mut [0; 4]), size) > most {
            lines.push(String::new());
        }
        let last = lines.len() - 1;
        lines[last].extend((letter != '\n').then_some(letter));
    }
    lines
}

enum Run<'a> {
    Latin(&'a str),
    Chinese(&'a str),
}

/// The stretches of a text that one font has.
fn runs(mut text: &str) -> Vec<Run<'_>> {
    let mut runs = Vec::new();
    while let Some(first) = text.chars().next() {
        let latin = is_latin(first);
        let end = text.find(|c| is_latin(c) != latin).unwrap_or(text.len());
        let (run, rest) = text.split_at(end);
        runs.push(if latin { Run::Latin(run) } else { Run::Chinese(run) });
        text = rest;
    }
    runs
}

fn is_latin(c: char) -> bool {
    matches!(c, ' '..='~')
}

fn letter_width(c: char) -> i32 {
    if !is_latin(c) {
        return 1000;
    }
    usize::try_from(u32::from(c) - 32).ok().and_then(|at| LATIN_WIDTHS.get(at)).copied().unwrap_or(1000)
}

/// Characters beyond the first plane are not in the font: a geta mark stands for them, as in print.
fn ucs2(c: char) -> u16 {
    u16::try_from(u32::from(c)).unwrap_or(0x3013)
}

/// The same length in points.
fn tenth(length: i16) -> f32 {
    // Two decimals are enough for a page, and text keeps the sum out of floats.
    format!("{}.{}", length / 10, length % 10).parse().unwrap_or(0.0)
}
