//! The command line of `heatpay`.

use crate::{audit, bench, demo, openapi, pages, run};
use clap::{Parser, Subcommand};
use std::{path::PathBuf, process::ExitCode};

#[derive(Parser)]
#[command(name = "heatpay", version, about = "供热收费系统,在一台机器上运行全套")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs everything: engines, functions, third parties, gateway and desk.
    Run {
        /// The gateway's port on 127.0.0.1.
        #[arg(long, default_value_t = run::PORT)]
        port: u16,
        /// Where everything is kept.
        #[arg(long, default_value = "data")]
        data: PathBuf,
        /// The households that the first start imports and bills.
        #[arg(long, default_value = run::HOUSEHOLDS)]
        households: PathBuf,
        /// The residents' pages as built for the browser.
        #[arg(long, default_value = pages::PAGES)]
        pages: PathBuf,
    },
    /// Recomputes every balance in a data folder from the postings and names any difference. Nothing may run on the folder.
    Audit {
        /// Where everything is kept.
        #[arg(long, default_value = "data")]
        data: PathBuf,
    },
    /// Walks the whole path by HTTP.
    Demo {
        /// Where the suite answers. Without it: the one `make run` started, or else one that is started for the walk.
        #[arg(long)]
        url: Option<String>,
        /// By which channel is paid.
        #[arg(long, value_enum, default_value_t = demo::PaidBy::Wechatpay)]
        channel: demo::PaidBy,
        /// Where the suite has its data: the first administrator's code is read there, the invoice saved.
        #[arg(long, default_value = "data")]
        folder: PathBuf,
    },
    /// Measures: a city on disk under an open-loop load. `make bench` builds it optimised.
    Bench {
        /// Requests a second; nine in ten read, three in a hundred pay.
        #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=20_000))]
        rate: u32,
        /// How many seconds are measured.
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=600))]
        seconds: u32,
        /// How many seconds of the same load come before.
        #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(0..=60))]
        warm_up: u32,
        /// How many households the city has.
        #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
        households: u32,
    },
    /// The load of `bench`, as it starts it.
    #[command(hide = true)]
    BenchLoad {
        /// What to do.
        plan: PathBuf,
    },
    /// Prints the API's description, made from the code.
    Openapi,
}

/// Does what the command line says.
pub async fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Run { port, data, households, pages } => {
            run::run(port, data, &households, &pages).await.map_err(|e| heatpay_runtime::queue::causes(&e))
        }
        Command::Audit { data } => audit::run(&data).await.map_err(|e| heatpay_runtime::queue::causes(&e)),
        Command::Demo { url, channel, folder } => {
            demo::run(url.as_deref(), channel, &folder).await.map_err(|e| heatpay_runtime::queue::causes(&e))
        }
        Command::Bench { rate, seconds, warm_up, households } => {
            let wanted = bench::Wanted { rate, seconds, warm_up, households };
            bench::run(wanted).await.map_err(|e| heatpay_runtime::queue::causes(&e))
        }
        Command::BenchLoad { plan } => bench::load(&plan).await.map_err(|e| heatpay_runtime::queue::causes(&e)),
        Command::Openapi => {
            print!("{}", openapi::text());
            Ok(())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("heatpay: {reason}");
            ExitCode::FAILURE
        }
    }
}
