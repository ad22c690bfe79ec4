//! `histories run`, `histories soak`, `histories replay`.

use clap::{Parser, Subcommand};
use heatpay_histories::run::{replay, run};
use heatpay_runtime::BootError;
use std::{
    process::ExitCode,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

/// A history is mostly small things made and dropped; the system's allocator takes twice as long for them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Lives histories of the world around the real handlers, and says which goes wrong.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// So many histories of one seed.
    Run {
        /// The seed.
        #[arg(long, default_value_t = 20_261_123)]
        seed: u64,
        /// How many.
        #[arg(long, default_value_t = 100_000)]
        count: u64,
    },
    /// Histories of ever new seeds, a hundred thousand each.
    Soak {
        /// How many together.
        #[arg(long, default_value_t = 5_000_000)]
        count: u64,
        /// The first seed; without it, the time.
        #[arg(long)]
        seed: Option<u64>,
    },
    /// One history again, in sentences.
    Replay {
        /// The seed.
        #[arg(long)]
        seed: u64,
        /// The history's number.
        #[arg(long)]
        history: u64,
    },
}

fn main() -> Result<ExitCode, BootError> {
    match Arguments::parse().command {
        Command::Run { seed, count } => many(seed, count),
        Command::Soak { count, seed } => {
            let time = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
            let first = seed.unwrap_or_else(time);
            for seed in (first..).take(usize::try_from(count.div_ceil(100_000)).unwrap_or(usize::MAX)) {
                let code = many(seed, 100_000)?;
                if code != ExitCode::SUCCESS {
                    return Ok(code);
                }
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Replay { seed, history } => {
            let (found, told) = replay(seed, history)?;
            match found {
                None => {
                    println!("{}\nNothing is wrong.", told.join("\n"));
                    Ok(ExitCode::SUCCESS)
                }
                Some(found) => {
                    println!("{}\n\nAs short as it can be made:\n{found}", told.join("\n"));
                    Ok(ExitCode::FAILURE)
                }
            }
        }
    }
}

fn many(seed: u64, count: u64) -> Result<ExitCode, BootError> {
    let started = Instant::now();
    let found = run(seed, count)?;
    match found {
        None => {
            let took = started.elapsed();
            let per_s = u128::from(count) * 1000 / took.as_millis().max(1);
            println!("seed {seed}: {count} histories in {} s, {per_s} a second; nothing is wrong", took.as_secs());
            Ok(ExitCode::SUCCESS)
        }
        Some(found) => {
            println!("{found}");
            Ok(ExitCode::FAILURE)
        }
    }
}
