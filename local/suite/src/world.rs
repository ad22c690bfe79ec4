//! The suite, assembled: engines, third parties, functions and gateway, wired as the template says. `make run` drives it with
//! loops of its own; the tests drive it step by step.

mod declare;

use crate::{
    clock::SuiteClock,
    gateway,
    parties::{GivenKeys, Parties, PartyError},
    probe::{FaultSwitch, FunctionProbe, Meter, Role},
    pump::Pump,
    schedules::{NotARate, Scheduled},
    secrets::{self, SecretsError},
    steps::{self, Hosted},
    template::{OneMachine, Parameters, Template, TemplateError},
};
use axum::Router;
use heatpay_engines::{Engines, EnginesConfig, QueueError, StartError, TableError, TopicError};
use heatpay_ports::{Clock, Ids};
use heatpay_runtime::{BootError, Context, Surroundings, settings::Settings};
use std::{
    collections::BTreeMap,
    io,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
};
use tokio::{
    net::TcpListener,
    sync::{Mutex, OnceCell},
    task::JoinHandle,
};

/// How to start.
pub struct WorldConfig {
    /// Where everything is kept; nothing is kept without one.
    pub data: Option<PathBuf>,
    /// The template's text.
    pub template: String,
    /// 127.0.0.1 port of the gateway; 0 for a free one.
    pub port: u16,
    /// The time.
    pub clock: Arc<SuiteClock>,
    /// Numbers and chance.
    pub ids: Arc<dyn Ids>,
    /// Values for the template's parameters, over the suite's own.
    pub parameters: BTreeMap<String, String>,
    /// The channels' keys; made anew (or read from the data folder) if not given.
    pub keys: GivenKeys,
}

/// Why the suite cannot start.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// The gateway's port.
    #[error("port {port} is taken by another program; choose another with --port")]
    Port {
        /// Which.
        port: u16,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The engines.
    #[error(transparent)]
    Engines(#[from] StartError),
    /// The tables.
    #[error(transparent)]
    Tables(#[from] TableError),
    /// The queues.
    #[error(transparent)]
    Queues(#[from] QueueError),
    /// The topic.
    #[error(transparent)]
    Topics(#[from] TopicError),
    /// The bucket.
    #[error("the files' folder cannot be made")]
    Files(#[source] heatpay_engines::FileError),
    /// The template.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// A third party.
    #[error(transparent)]
    Party(#[from] PartyError),
    /// The secrets.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    /// A schedule.
    #[error(transparent)]
    Schedule(#[from] NotARate),
    /// A function.
    #[error("the function {function} does not boot")]
    Boot {
        /// Which.
        function: String,
        /// Why.
        #[source]
        source: BootError,
    },
    /// The template has a function there is no code for.
    #[error("the template has the function {0}, but there is no code for it")]
    NoCode(String),
}

/// The suite, running.
pub struct World {
    /// The time.
    pub clock: Arc<SuiteClock>,
    /// Numbers and chance.
    pub ids: Arc<dyn Ids>,
    /// What is wired.
    pub template: Template,
    /// AWS.
    pub engines: Engines,
    /// The third parties.
    pub parties: Parties,
    /// Functions on queues.
    pub pumps: Vec<Pump>,
    /// Functions on schedules.
    pub scheduled: Mutex<Vec<Scheduled>>,
    /// Every function's role.
    pub roles: BTreeMap<String, Role>,
    /// Counts calls.
    pub meter: Arc<Meter>,
    /// Breaks functions, in tests.
    pub fault: FaultSwitch,
    /// Where the gateway answers: `http://127.0.0.1:8080`.
    pub base_url: String,
    operator: OnceCell<Context>,
    routers: Vec<Router>,
    listener: Option<TcpListener>,
    serving: Option<JoinHandle<io::Result<()>>>,
}

impl World {
    /// Opens everything and boots every function. The gateway listens, and answers after [`World::serve`].
    pub async fn start(config: WorldConfig) -> Result<Self, WorldError> {
        let WorldConfig { data, template, port, clock, ids, parameters, keys } = config;
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|source| WorldError::Port { port, source })?;
        let port = listener.local_addr().map_err(|source| WorldError::Port { port, source })?.port();
        let base_url = format!("http://127.0.0.1:{port}");

        let engines =
            Engines::start(EnginesConfig { data: data.clone(), clock: clock.clone(), dynamodb_port: 0, aws_port: 0 })
                .await?;
        let parties = Parties::start(data.as_deref(), keys, clock.clone(), ids.clone(), &base_url).await?;
        let mut given: Parameters = parties.parameters();
        given.insert("PublicBaseUrl".to_owned(), base_url.clone());
        given.extend(parameters);
        let template = Template::read(&template, &given, &OneMachine::at(engines.aws_url.clone()))?;
        declare::declare(&engines, &template).await?;
        secrets::write_missing(&engines, &template, &parties, ids.as_ref())?;

        let mut world = Self {
            clock,
            ids,
            template,
            engines,
            parties,
            pumps: Vec::new(),
            scheduled: Mutex::default(),
            roles: BTreeMap::new(),
            meter: Arc::default(),
            fault: FaultSwitch::default(),
            base_url,
            operator: OnceCell::new(),
            routers: Vec::new(),
            listener: Some(listener),
            serving: None,
        };
        world.boot().await?;
        Ok(world)
    }

    /// Boots every function of the template with its own settings and its own role.
    async fn boot(&mut self) -> Result<(), WorldError> {
        for function in self.template.functions.clone() {
            let role = Role::new(function.grants.clone());
            self.roles.insert(function.name.clone(), role.clone());
            let boot = |source| WorldError::Boot { function: function.name.clone(), source };
            let context = self.context(&function.name, function.settings.clone(), role).await.map_err(boot)?;
            match steps::boot(&function.name, context).await.map_err(boot)? {
                None => return Err(WorldError::NoCode(function.name)),
                Some(Hosted::Http(router)) => self.routers.push(router),
                Some(Hosted::Step(step)) => {
                    for schedule in &function.schedules {
                        let scheduled = Scheduled::new(&function.name, &schedule.when, step.clone(), self.clock.now())?;
                        self.scheduled.lock().await.push(scheduled);
                    }
                    let Some(source) = &function.source else { continue };
                    let Some(queue) = self.template.queue(&source.queue) else { continue };
                    self.pumps.push(Pump {
                        function: function.name.clone(),
                        queue: queue.name.clone(),
                        batch_size: source.batch_size,
                        at_once: source.at_once.unwrap_or(2).min(4),
                        step,
                    });
                }
            }
        }
        Ok(())
    }

    /// What a function is handed here: its settings from the template, the engines' addresses, its probe.
    async fn context(
        &self,
        function: &str,
        settings: BTreeMap<String, String>,
        role: Role,
    ) -> Result<Context, BootError> {
        let addresses = [
            ("AWS_ENDPOINT_URL".to_owned(), self.engines.aws_url.clone()),
            ("AWS_ENDPOINT_URL_DYNAMODB".to_owned(), self.engines.dynamodb_url.clone()),
            ("AWS_REGION".to_owned(), "cn-north-1".to_owned()),
        ];
        let probe =
            FunctionProbe { function: function.to_owned(), role, meter: self.meter.clone(), fault: self.fault.clone() };
        let surroundings = Surroundings { clock: self.clock.clone(), ids: self.ids.clone(), probe: Arc::new(probe) };
        Context::new(Settings::from_pairs(settings.into_iter().chain(addresses)), surroundings).await
    }

    /// A context with every table's and queue's setting and no role, for the desk, the first start and the audit.
    pub async fn operator(&self) -> Result<Context, BootError> {
        self.operator.get_or_try_init(|| self.make_operator()).await.cloned()
    }

    async fn make_operator(&self) -> Result<Context, BootError> {
        let settings: BTreeMap<String, String> =
            self.template.functions.iter().flat_map(|function| function.settings.clone()).collect();
        let addresses = [
            ("AWS_ENDPOINT_URL".to_owned(), self.engines.aws_url.clone()),
            ("AWS_ENDPOINT_URL_DYNAMODB".to_owned(), self.engines.dynamodb_url.clone()),
        ];
        let surroundings =
            Surroundings { clock: self.clock.clone(), ids: self.ids.clone(), probe: Arc::new(heatpay_ports::NoProbe) };
        Context::new(Settings::from_pairs(settings.into_iter().chain(addresses)), surroundings).await
    }

    /// Serves the functions' routes, and what else is given, until the world is dropped or shut down.
    pub fn serve(&mut self, beside: Router) {
        let Some(listener) = self.listener.take() else { return };
        let routers = std::mem::take(&mut self.routers);
        let router = beside.merge(gateway::router(routers, &self.template.cors));
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        self.serving = Some(tokio::spawn(async move { axum::serve(listener, service).await }));
    }

    /// Stops in order: nothing new, then everything to disk.
    pub async fn shutdown(mut self) {
        if let Some(serving) = self.serving.take() {
            serving.abort();
        }
        self.parties.stop();
        self.engines.shutdown().await;
    }
}
