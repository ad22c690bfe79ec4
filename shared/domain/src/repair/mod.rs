//! A fault at a household: reported by a resident, mended by the company, followed and rated by the resident.

mod place;
mod states;
mod words;

pub use place::{InvalidPlace, Place, Point};
pub use states::{RepairCategory, RepairEvent, RepairStatus};
pub use words::{InvalidWords, Rating, Remark, Stars, WhatIsWrong};

use crate::{AccountNo, RepairNo, ResidentId, states::Refused};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The most photos a report may have.
pub const MAX_PHOTOS: usize = 6;

/// A picture of the fault, kept as a file beside the records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Photo {
    /// Named by what is in it, so that the same picture sent twice is one: 32 hexadecimal digits.
    pub photo_id: String,
    /// What it is encoded as.
    pub format: PhotoFormat,
    /// When it came.
    pub added_at: Timestamp,
}

/// What a photo is encoded as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhotoFormat {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    Webp,
}

impl PhotoFormat {
    /// The media type.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }
}

/// When a repair came into a state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The state.
    pub status: RepairStatus,
    /// Since when.
    pub at: Timestamp,
}

/// A reported fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repair {
    /// Named by the request that made it.
    pub repair_no: RepairNo,
    /// The household.
    pub account_no: AccountNo,
    /// Who reported it.
    pub resident_id: ResidentId,
    /// What kind of fault.
    pub category: RepairCategory,
    /// What is wrong, in the resident's words.
    pub text: WhatIsWrong,
    /// Where, if not simply at the household.
    pub place: Option<Place>,
    /// At most [`MAX_PHOTOS`].
    pub photos: Vec<Photo>,
    /// Where it stands.
    pub status: RepairStatus,
    /// The states it came into, in order.
    pub progress: Vec<Progress>,
    /// What the resident thinks of the work.
    pub rating: Option<Rating>,
    /// When it was reported.
    pub reported_at: Timestamp,
    /// Counts every write; conditions compare it.
    pub version: u64,
}

/// Why a photo is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhotoRefused {
    /// Nobody will look at it any more.
    #[error("the repair is over")]
    Over,
    /// It has as many as it may.
    #[error("the repair has {MAX_PHOTOS} photos")]
    TooMany,
}

impl Repair {
    /// The repair after an event; an event that its state does not allow is refused.
    pub fn on(&self, event: RepairEvent, now: Timestamp) -> Result<Self, Refused> {
        let status = self.status.on(event)?;
        let mut after = Self { status, version: self.version + 1, ..self.clone() };
        if status != self.status {
            after.progress.push(Progress { status, at: now });
        }
        Ok(after)
    }

    /// The repair with a photo more.
    pub fn with_photo(&self, photo: Photo) -> Result<Self, PhotoRefused> {
        if !self.status.is_open() {
            return Err(PhotoRefused::Over);
        }
        if self.photos.len() >= MAX_PHOTOS {
            return Err(PhotoRefused::TooMany);
        }
        let mut after = Self { version: self.version + 1, ..self.clone() };
        after.photos.push(photo);
        Ok(after)
    }

    /// The repair with what the resident thinks of it.
    pub fn rated(&self, rating: Rating, now: Timestamp) -> Result<Self, Refused> {
        let after = self.on(RepairEvent::Rated, now)?;
        Ok(Self { rating: Some(rating), ..after })
    }
}
