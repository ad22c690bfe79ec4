use crate::money::parse_decimal;
use serde::{Deserialize, Serialize};

/// The longest description of a place, in characters.
const MAX_ADDRESS: usize = 100;

/// Why a place is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPlace {
    /// Empty, too long, or with control characters.
    #[error("地点应为 1 至 {MAX_ADDRESS} 个字")]
    Address,
    /// Not a decimal of at most six places, or not in China.
    #[error("坐标应为国内的经纬度（GCJ-02），最多 6 位小数")]
    Point,
}

/// Where the fault is: in words, and on the map where the resident chose it there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WrittenPlace", into = "WrittenPlace")]
pub struct Place {
    address: String,
    point: Option<Point>,
}

/// A point on the maps of China: GCJ-02 (as 微信, 支付宝 and 腾讯地图 have it), in millionths of a degree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Point {
    longitude: i64,
    latitude: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPlace {
    address: String,
    #[serde(default)]
    point: Option<WrittenPoint>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPoint {
    longitude: String,
    latitude: String,
}

impl Place {
    /// A place in words, and its point if it has one.
    pub fn new(address: &str, point: Option<Point>) -> Result<Self, InvalidPlace> {
        let long = address.chars().count() > MAX_ADDRESS;
        let trimmed = address.trim();
        if long || trimmed.is_empty() || address.chars().any(char::is_control) {
            return Err(InvalidPlace::Address);
        }
        Ok(Self { address: trimmed.to_owned(), point })
    }

    /// In words.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// On the map.
    pub const fn point(&self) -> Option<Point> {
        self.point
    }
}

impl Point {
    /// Reads decimals of a degree: longitude 73 to 136, latitude 3 to 54.
    pub fn parse(longitude: &str, latitude: &str) -> Result<Self, InvalidPlace> {
        Ok(Self { longitude: degrees(longitude, 73, 136)?, latitude: degrees(latitude, 3, 54)? })
    }

    /// East, in decimals of a degree: `117.200983`.
    pub fn longitude(self) -> String {
        decimals(self.longitude)
    }

    /// North, in decimals of a degree: `39.084158`.
    pub fn latitude(self) -> String {
        decimals(self.latitude)
    }
}

/// Millionths of a degree from `least` to below `most`; no digit that says nothing in front.
fn degrees(text: &str, least: i64, most: i64) -> Result<i64, InvalidPlace> {
    let places = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let units = parse_decimal(text, 6).map_err(|_| InvalidPlace::Point)?;
    let inside = (least * 1_000_000..most * 1_000_000).contains(&units);
    if inside && places <= 6 && !text.starts_with('0') { Ok(units) } else { Err(InvalidPlace::Point) }
}

fn decimals(units: i64) -> String {
    format!("{}.{:06}", units / 1_000_000, units % 1_000_000)
}

impl TryFrom<WrittenPlace> for Place {
    type Error = InvalidPlace;
    fn try_from(written: WrittenPlace) -> Result<Self, InvalidPlace> {
        let point = written.point.map(|point| Point::parse(&point.longitude, &point.latitude)).transpose()?;
        Self::new(&written.address, point)
    }
}

impl From<Place> for WrittenPlace {
    fn from(place: Place) -> Self {
        let written = |point: Point| WrittenPoint { longitude: point.longitude(), latitude: point.latitude() };
        Self { point: place.point.map(written), address: place.address }
    }
}
