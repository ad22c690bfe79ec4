//! The one-time code somebody enrols with. The administrator reads it to him; it is kept as a keyed hash.

use crate::App;
use heatpay_domain::StaffNo;
use heatpay_store::staff::{Credentials, Enrolment};
use jiff::{SignedDuration, Timestamp};

/// Letters and digits: 119 bits.
pub(crate) const LETTERS: usize = 20;
/// Somebody new comes to his desk within that time.
const LIFETIME: SignedDuration = SignedDuration::from_hours(72);

/// A new code, and how it is kept.
pub(crate) fn new_code(app: &App, staff_no: &StaffNo, now: Timestamp) -> (String, Enrolment) {
    let code = app.ids.token(LETTERS);
    let hash = app.personal_data.lookup(&purpose(staff_no), &code);
    (code, Enrolment { hash, until: now + LIFETIME })
}

/// Whether it is the code, and still good.
pub(crate) fn is_code(app: &App, staff_no: &StaffNo, credentials: &Credentials, code: &str, now: Timestamp) -> bool {
    credentials.enrolment_at(now).is_some_and(|hash| app.personal_data.matches(&purpose(staff_no), code, hash))
}

fn purpose(staff_no: &StaffNo) -> String {
    format!("staff-enrolment#{staff_no}")
}

/// Where a person's authenticator secret is sealed.
pub(crate) fn totp_place(staff_no: &StaffNo) -> String {
    format!("{staff_no}#totp")
}
