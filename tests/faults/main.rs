//! What breaks: notifications that come twice, late or for nobody, providers that do not answer, processes that die. After each,
//! not a fen is lost, doubled or unexplained.

mod ahead;
mod anything;
mod at_the_counter;
mod crash_points;
mod crashes;
mod demo;
mod explained;
mod partners;
mod process;
mod reconciled;
mod silence;
mod starting;
mod stories;
mod strays;
mod two_thousand;
