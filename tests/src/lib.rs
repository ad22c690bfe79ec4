//! What the tests share.

pub mod callbacks;
pub mod lambda;
pub mod repository;
pub mod town;
