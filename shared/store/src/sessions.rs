//! What lives for a while: refresh tokens, SMS codes, and the counters that slow down whoever asks too often. The table
//! forgets them by itself after `expires_at`; until it has, every read looks at the time.

mod codes;
mod refresh;
mod throttle;

pub use codes::{CODE_LIFETIME, CODE_TRIES, SmsCodes};
pub use refresh::{NewSession, REFRESH_LIFETIME, RefreshToken, Rotated, Sessions};
pub use throttle::{Limit, Taken, Throttles};
