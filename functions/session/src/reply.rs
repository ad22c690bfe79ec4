use heatpay_domain::ResidentId;
use heatpay_store::households::{KeptHousehold, masked_address};
use serde::Serialize;

/// A resident who has just signed in.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct SessionReply {
    #[serde(flatten)]
    pub(crate) tokens: TokensReply,
    /// Who he is.
    pub(crate) resident: ResidentReply,
}

/// The tokens of a session.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct TokensReply {
    /// To be shown with every request: `Authorization: Bearer …`.
    pub(crate) access_token: String,
    /// How long it is good for, in seconds.
    #[schema(example = 1800)]
    pub(crate) expires_in: i64,
    /// Gives the next access token, once.
    #[schema(min_length = 43, max_length = 43)]
    pub(crate) refresh_token: String,
}

/// A resident.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ResidentReply {
    /// His number.
    #[schema(value_type = String, example = "U01KB1Q2Z3A4B5C6D7E8F9G0H1J")]
    pub(crate) resident_id: ResidentId,
    /// The households bound to him.
    pub(crate) households: Vec<BoundHousehold>,
}

/// A household in the list of a resident's own.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct BoundHousehold {
    /// 户号
    #[schema(example = "1000000001")]
    account_no: String,
    /// The holder, masked.
    #[schema(example = "林*晨")]
    holder: String,
    /// The address, its room masked.
    #[schema(example = "锦绣花园 1号楼 1单元 **1")]
    address: String,
}

/// The households a resident has now, and the token that names them.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct BindingReply {
    /// In place of the access token before, which names the households of before.
    pub(crate) access_token: String,
    /// How long it is good for, in seconds.
    #[schema(example = 1800)]
    pub(crate) expires_in: i64,
    /// The households bound to the resident.
    pub(crate) households: Vec<BoundHousehold>,
}

/// The households bound to a resident.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct HouseholdsReply {
    /// By account number.
    pub(crate) households: Vec<BoundHousehold>,
}

impl BoundHousehold {
    pub(crate) fn of(kept: &KeptHousehold) -> Self {
        Self {
            account_no: kept.household.account_no.to_string(),
            holder: kept.household.holder.clone(),
            address: masked_address(&kept.household),
        }
    }
}
