use heatpay_domain::repair::{Place, Rating, Repair, RepairCategory, RepairStatus};
use jiff::Timestamp;
use serde::Serialize;

/// A repair as its household's residents see it.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct RepairReply {
    /// Its number.
    #[schema(example = "F9F86D081884C7D659A2FEAA0C5")]
    repair_no: String,
    /// The household.
    #[schema(example = "1000000001")]
    account_no: String,
    /// What kind of fault.
    #[schema(schema_with = heatpay_runtime::described::repair_category)]
    category: RepairCategory,
    /// What is wrong, in the resident's words.
    #[schema(example = "客厅暖气不热,室温 15 度")]
    text: String,
    /// Where, if it was told.
    #[schema(inline)]
    place: Option<PlaceView>,
    /// The photos' numbers, in the order they came.
    #[schema(example = json!(["0c5d2f6b7a8e9f00112233445566778a"]))]
    photos: Vec<String>,
    /// Where it stands.
    #[schema(schema_with = heatpay_runtime::described::repair_status)]
    status: RepairStatus,
    /// The states it came into, in order.
    progress: Vec<ProgressView>,
    /// Whether it can be taken back now.
    can_cancel: bool,
    /// What the resident thinks of the work.
    #[schema(inline)]
    rating: Option<RatingView>,
    /// When it was reported.
    #[schema(value_type = String, format = DateTime)]
    reported_at: Timestamp,
}

/// Where a fault is.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct PlaceView {
    /// In words.
    #[schema(example = "3 号楼地下室")]
    address: String,
    /// East in degrees, GCJ-02, where it was chosen on a map.
    #[schema(example = "117.200983")]
    longitude: Option<String>,
    /// North in degrees, GCJ-02.
    #[schema(example = "39.084158")]
    latitude: Option<String>,
}

/// When a repair came into a state.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ProgressView {
    /// The state.
    #[schema(schema_with = heatpay_runtime::described::repair_status)]
    status: RepairStatus,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// What a resident thinks of the work.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct RatingView {
    /// 1 to 5.
    #[schema(example = 5)]
    stars: u8,
    /// In words.
    remark: Option<String>,
}

impl RepairReply {
    pub(crate) fn of(repair: &Repair) -> Self {
        let progress = repair.progress.iter().map(|step| ProgressView { status: step.status, at: step.at });
        Self {
            repair_no: repair.repair_no.to_string(),
            account_no: repair.account_no.to_string(),
            category: repair.category,
            text: repair.text.as_str().to_owned(),
            place: repair.place.as_ref().map(PlaceView::of),
            photos: repair.photos.iter().map(|photo| photo.photo_id.clone()).collect(),
            status: repair.status,
            progress: progress.collect(),
            can_cancel: repair.status.on(heatpay_domain::repair::RepairEvent::Withdrawn).is_ok(),
            rating: repair.rating.as_ref().map(RatingView::of),
            reported_at: repair.reported_at,
        }
    }
}

impl PlaceView {
    fn of(place: &Place) -> Self {
        let point = place.point();
        Self {
            address: place.address().to_owned(),
            longitude: point.map(|point| point.longitude()),
            latitude: point.map(|point| point.latitude()),
        }
    }
}

impl RatingView {
    fn of(rating: &Rating) -> Self {
        let remark = rating.remark.as_ref().map(|remark| remark.as_str().to_owned());
        Self { stars: rating.stars.count(), remark }
    }
}
