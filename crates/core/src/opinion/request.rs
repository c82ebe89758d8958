//! What an insurer asked a doctor for (主治医意見書の依頼): who is to write, since when, until when.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::insured::Personal;

/// A request for an opinion, as the institution that was asked reads it (主治医意見書の依頼).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RequestedOpinion {
    /// Doctor who is to write it, when the application names one (医師の氏名).
    #[serde(default)]
    pub physician: Option<Personal>,
    /// Day of the request (依頼日).
    pub requested_on: Date,
    /// Day by which it is wanted (提出期限).
    #[serde(default)]
    pub due_on: Option<Date>,
}
