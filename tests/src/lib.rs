//! What the tests share.

pub mod lambda;
pub mod repository;
pub mod town;
