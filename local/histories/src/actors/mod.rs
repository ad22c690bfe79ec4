//! Who does something in the world; a file an actor. An actor has deeds (an enum), says how often it thinks of which (`think`), and
//! does one (`happen`). Which process it starts stops at every call it makes; other deeds come in between.

pub mod ahead;
pub mod cashiers;
pub mod delivery;
pub mod http;
pub mod payers;
pub mod processes;
pub mod residents;
pub mod staff;
pub mod time;
pub mod weather;
