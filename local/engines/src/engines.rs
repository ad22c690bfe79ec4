use crate::{
    door::Door, dynamodb::DynamoDb, files::Files, folder::Folder, journal::Journal, queues::Queues, secrets::Secrets,
    start::StartError, topics::Topics,
};
use axum::serve::ListenerExt;
use heatpay_ports::Clock;
use std::{io, net::Ipv4Addr, path::PathBuf, sync::Arc, time::Duration};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

/// How long a shutdown waits for calls that run.
const PATIENCE: Duration = Duration::from_secs(5);

/// How to start.
pub struct EnginesConfig {
    /// Where everything is kept; nothing is kept without one.
    pub data: Option<PathBuf>,
    /// The time of the queues and topics. In memory the tables' TTL follows it too; on a data file dynoxide reads the
    /// machine's clock.
    pub clock: Arc<dyn Clock>,
    /// 127.0.0.1 port for DynamoDB; 0 for a free one.
    pub dynamodb_port: u16,
    /// 127.0.0.1 port for SQS, SNS, Secrets Manager and S3; 0 for a free one.
    pub aws_port: u16,
}

/// The engines, running. Dropping them stops everything at once, as a power cut would; what was answered is kept.
pub struct Engines {
    /// `AWS_ENDPOINT_URL_DYNAMODB`.
    pub dynamodb_url: String,
    /// `AWS_ENDPOINT_URL`: SQS, SNS, Secrets Manager and S3 (path style).
    pub aws_url: String,
    /// The tables.
    pub dynamodb: DynamoDb,
    /// The queues.
    pub queues: Queues,
    /// The topics.
    pub topics: Topics,
    /// The secrets.
    pub secrets: Secrets,
    /// The buckets.
    pub files: Files,
    journal: Journal,
    door: Option<(oneshot::Sender<()>, JoinHandle<io::Result<()>>)>,
    /// Last, so that the folder is free only when everything else has ended.
    _folder: Folder,
}

impl Engines {
    /// Opens the data and listens. Everything that can be wrong with ports and data is found here.
    pub async fn start(config: EnginesConfig) -> Result<Self, StartError> {
        let folder = Folder::open(config.data)?;
        let dynamodb_listener = listen("dynamodb", config.dynamodb_port).await?;
        let aws_listener = listen("aws", config.aws_port).await?;
        let dynamodb_url = url_of(&dynamodb_listener, config.dynamodb_port)?;
        let aws_url = url_of(&aws_listener, config.aws_port)?;

        let tables = folder.database("ddb.db")?;
        let messages = folder.database("queues.db")?;
        let dynamodb = DynamoDb::start(tables, config.clock.clone(), dynamodb_listener)?;
        let journal = Journal::open(messages.as_deref(), config.clock).map_err(StartError::Queues)?;
        let queues = Queues::new(journal.clone(), aws_url.clone());
        let topics = Topics::new(journal.clone());
        let secrets = Secrets::new(folder.secrets());
        let files = Files::new(folder.files());

        let door =
            Door { queues: queues.clone(), topics: topics.clone(), secrets: secrets.clone(), files: files.clone() };
        let (stop, stopped) = oneshot::channel::<()>();
        let listener = aws_listener.tap_io(|io| {
            // Only makes small answers quicker.
            let _ = io.set_nodelay(true);
        });
        let serving = tokio::spawn(async move {
            axum::serve(listener, door.router())
                .with_graceful_shutdown(async move {
                    // A dropped sender means the same: stop.
                    let _ = stopped.await;
                })
                .await
        });
        Ok(Self {
            dynamodb_url,
            aws_url,
            dynamodb,
            queues,
            topics,
            secrets,
            files,
            journal,
            door: Some((stop, serving)),
            _folder: folder,
        })
    }

    /// Lets running calls finish, wakes those that wait for messages, and closes the data.
    pub async fn shutdown(mut self) {
        self.journal.bells.close();
        if let Some((stop, mut serving)) = self.door.take() {
            // Nobody to tell: the server has ended by itself.
            let _ = stop.send(());
            if tokio::time::timeout(PATIENCE, &mut serving).await.is_err() {
                serving.abort();
            }
        }
        self.dynamodb.stop(PATIENCE).await;
        self.journal.close().await;
    }
}

impl Drop for Engines {
    fn drop(&mut self) {
        self.journal.bells.close();
        if let Some((_, serving)) = self.door.take() {
            serving.abort();
        }
        self.journal.cut();
    }
}

async fn listen(service: &'static str, port: u16) -> Result<TcpListener, StartError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => StartError::PortTaken { service, port, source },
        _ => StartError::Listen { service, port, source },
    })
}

fn url_of(listener: &TcpListener, port: u16) -> Result<String, StartError> {
    let address = listener.local_addr().map_err(|source| StartError::Listen { service: "aws", port, source })?;
    Ok(format!("http://{address}"))
}
