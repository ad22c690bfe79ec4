//! The suite on one machine: the deployed functions' very code, on embedded engines, with the third parties played beside
//! them. It reads `template.yaml` and repeats nothing of it.

pub mod audit;
pub mod bench;
pub mod chance;
pub mod clock;
pub mod command;
pub mod demo;
pub mod desk;
pub mod first_start;
pub mod gateway;
mod loops;
pub mod openapi;
pub mod pages;
pub mod parties;
pub mod permissions;
pub mod probe;
pub mod pump;
pub mod run;
pub mod schedules;
mod secrets;
pub mod steps;
pub mod template;
pub mod world;
