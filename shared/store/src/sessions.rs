//! What lives for a while: refresh tokens, SMS codes, staff sessions, and the counters that slow down whoever asks too often. The table
//! forgets them by itself after `expires_at`; until it has, every read looks at the time.

mod codes;
mod failures;
mod refresh;
mod staff;
mod throttle;

pub use codes::{CODE_LIFETIME, CODE_TRIES, SmsCodes};
pub use failures::Failures;
pub use refresh::{NewSession, REFRESH_LIFETIME, RefreshToken, Rotated, Sessions};
pub use staff::{STAFF_DAY, STAFF_IDLE, StaffRotated, StaffSession, StaffSessions};
pub use throttle::{Limit, Taken, Throttles};
