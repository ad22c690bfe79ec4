//! The queues' rows: every statement about queues and messages, each run inside one call's turn.

use super::{
    error::QueueError,
    message::{Letter, Received},
    receipt::Receipt,
    settings::{Redrive, Settings},
};
use crate::journal::Turn;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

/// A queue as it stands in the file.
#[derive(Clone, Debug)]
pub(crate) struct QueueRow {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) created_at_ms: i64,
    pub(crate) settings: Settings,
}

/// The queue, if there is one.
pub(crate) fn find(turn: &Turn<'_>, name: &str) -> Result<Option<QueueRow>, QueueError> {
    let mut select = turn.sql.prepare_cached(
        "SELECT id, name, created_at, delay_s, visibility_s, wait_s, max_bytes, retention_s, dead_letter_queue, max_receives
         FROM queue WHERE name = ?1",
    )?;
    Ok(select.query_row([name], queue_row).optional()?)
}

/// The queue, or the error every call answers without one.
pub(crate) fn get(turn: &Turn<'_>, name: &str) -> Result<QueueRow, QueueError> {
    find(turn, name)?.ok_or_else(|| QueueError::NoSuchQueue(name.to_owned()))
}

fn queue_row(row: &Row<'_>) -> rusqlite::Result<QueueRow> {
    let redrive = match (row.get::<_, Option<String>>(8)?, row.get::<_, Option<i64>>(9)?) {
        (Some(dead_letter_queue), Some(max_receives)) => Some(Redrive { dead_letter_queue, max_receives }),
        _ => None,
    };
    let settings = Settings {
        delay_s: row.get(3)?,
        visibility_s: row.get(4)?,
        wait_s: row.get(5)?,
        max_bytes: row.get(6)?,
        retention_s: row.get(7)?,
        redrive,
    };
    Ok(QueueRow { id: row.get(0)?, name: row.get(1)?, created_at_ms: row.get(2)?, settings })
}

/// Makes the queue or gives it these settings.
pub(crate) fn put(turn: &Turn<'_>, name: &str, settings: &Settings) -> Result<(), QueueError> {
    let (dead_letter_queue, max_receives) = match &settings.redrive {
        Some(redrive) => (Some(&redrive.dead_letter_queue), Some(redrive.max_receives)),
        None => (None, None),
    };
    turn.sql
        .prepare_cached(
            "INSERT INTO queue (name, created_at, delay_s, visibility_s, wait_s, max_bytes, retention_s, dead_letter_queue,
                                max_receives)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
             ON CONFLICT (name) DO UPDATE SET delay_s = ?3, visibility_s = ?4, wait_s = ?5, max_bytes = ?6,
                retention_s = ?7, dead_letter_queue = ?8, max_receives = ?9",
        )?
        .execute(params![
            name,
            turn.now_ms,
            settings.delay_s,
            settings.visibility_s,
            settings.wait_s,
            settings.max_bytes,
            settings.retention_s,
            dead_letter_queue,
            max_receives,
        ])?;
    Ok(())
}

/// The names of all queues, sorted.
pub(crate) fn names(turn: &Turn<'_>) -> Result<Vec<String>, QueueError> {
    let mut select = turn.sql.prepare_cached("SELECT name FROM queue ORDER BY name")?;
    Ok(select.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// Puts a message into the queue.
pub(crate) fn insert(turn: &mut Turn<'_>, queue: &QueueRow, letter: &Letter) -> Result<(), QueueError> {
    let delay_s = letter.delay_s.unwrap_or(queue.settings.delay_s);
    turn.sql
        .prepare_cached(
            "INSERT INTO message (queue, id, body, attributes, sent_at, visible_at, in_flight, receives)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 0)",
        )?
        .execute(params![
            queue.id,
            letter.sent.message_id,
            letter.body,
            letter.attributes_json,
            turn.now_ms,
            turn.now_ms + delay_s * 1000,
        ])?;
    // A delayed one too: the waiting receivers then know when to look again.
    turn.arrivals.insert(queue.name.clone());
    Ok(())
}

/// Takes up to `max` messages that are due and hides them; those received too often go to the dead-letter queue instead.
pub(crate) fn take(
    turn: &mut Turn<'_>,
    queue: &QueueRow,
    max: usize,
    visibility_s: i64,
) -> Result<Vec<Received>, QueueError> {
    let mut taken: Vec<Received> = Vec::new();
    loop {
        let due = due(turn, queue, max - taken.len())?;
        let mut given_up = 0;
        for mut message in due {
            if taken.iter().any(|t| t.message_id == message.received.message_id) {
                continue;
            }
            if give_up(turn, queue, &message)? {
                given_up += 1;
                continue;
            }
            hide(turn, &mut message, queue, visibility_s)?;
            taken.push(message.received);
        }
        if given_up == 0 || taken.len() == max {
            return Ok(taken);
        }
    }
}

struct Due {
    seq: i64,
    received: Received,
}

fn due(turn: &Turn<'_>, queue: &QueueRow, limit: usize) -> Result<Vec<Due>, QueueError> {
    let mut select = turn.sql.prepare_cached(
        "SELECT seq, id, body, attributes, sent_at, receives, first_received_at, came_from FROM message
         WHERE queue = ?1 AND visible_at <= ?2 ORDER BY visible_at, seq LIMIT ?3",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = select.query_map(params![queue.id, turn.now_ms, limit], |row| {
        let received = Received {
            message_id: row.get(1)?,
            receipt_handle: String::new(),
            body: row.get(2)?,
            attributes: serde_json::from_str(&row.get::<_, String>(3)?).unwrap_or_default(),
            sent_at: moment(row.get(4)?),
            first_received_at: moment(row.get::<_, Option<i64>>(6)?.unwrap_or(turn.now_ms)),
            receives: row.get(5)?,
            came_from: row.get(7)?,
        };
        Ok(Due { seq: row.get(0)?, received })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn moment(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Moves a message that was received often enough. It keeps its id, its sending time and its count.
fn give_up(turn: &mut Turn<'_>, queue: &QueueRow, message: &Due) -> Result<bool, QueueError> {
    let Some(redrive) = queue.settings.redrive.as_ref().filter(|r| message.received.receives >= r.max_receives) else {
        return Ok(false);
    };
    let target = get(turn, &redrive.dead_letter_queue)?;
    turn.sql
        .prepare_cached("UPDATE message SET queue = ?2, visible_at = ?3, in_flight = 0, came_from = ?4 WHERE seq = ?1")?
        .execute(params![message.seq, target.id, turn.now_ms, queue.name])?;
    tracing::warn!(
        queue = queue.name,
        message_id = message.received.message_id,
        "message goes to the dead-letter queue"
    );
    turn.arrivals.insert(target.name);
    Ok(true)
}

fn hide(turn: &Turn<'_>, message: &mut Due, queue: &QueueRow, visibility_s: i64) -> Result<(), QueueError> {
    message.received.receives += 1;
    let receipt = Receipt { queue: queue.id, seq: message.seq, receives: message.received.receives };
    message.received.receipt_handle = receipt.handle();
    turn.sql
        .prepare_cached(
            "UPDATE message SET visible_at = ?2, in_flight = 1, receives = ?3,
                first_received_at = COALESCE(first_received_at, ?4) WHERE seq = ?1",
        )?
        .execute(params![message.seq, turn.now_ms + visibility_s * 1000, receipt.receives, turn.now_ms])?;
    Ok(())
}

/// When the next hidden or delayed message can be seen.
pub(crate) fn next_due_ms(turn: &Turn<'_>, queue: &QueueRow) -> Result<Option<i64>, QueueError> {
    let mut select =
        turn.sql.prepare_cached("SELECT MIN(visible_at) FROM message WHERE queue = ?1 AND visible_at > ?2")?;
    Ok(select.query_row([queue.id, turn.now_ms], |row| row.get(0))?)
}

/// Deletes by receipt. An outdated receipt, or a message that is gone, is a success too.
pub(crate) fn delete(turn: &Turn<'_>, receipt: Receipt) -> Result<(), QueueError> {
    turn.sql.prepare_cached("DELETE FROM message WHERE seq = ?1 AND queue = ?2 AND receives = ?3")?.execute([
        receipt.seq,
        receipt.queue,
        receipt.receives,
    ])?;
    Ok(())
}

/// Hides a received message from now for so long; 0 gives it back at once.
pub(crate) fn change_visibility(
    turn: &mut Turn<'_>,
    queue: &QueueRow,
    receipt: Receipt,
    visibility_s: i64,
) -> Result<(), QueueError> {
    let changed = turn
        .sql
        .prepare_cached(
            "UPDATE message SET visible_at = ?4
             WHERE seq = ?1 AND queue = ?2 AND receives = ?3 AND in_flight = 1 AND visible_at > ?5",
        )?
        .execute(params![
            receipt.seq,
            receipt.queue,
            receipt.receives,
            turn.now_ms + visibility_s * 1000,
            turn.now_ms
        ])?;
    if changed == 0 {
        return Err(QueueError::NotInFlight);
    }
    turn.arrivals.insert(queue.name.clone());
    Ok(())
}

/// Deletes every message of the queue.
pub(crate) fn purge(turn: &Turn<'_>, queue: &QueueRow) -> Result<(), QueueError> {
    turn.sql.prepare_cached("DELETE FROM message WHERE queue = ?1")?.execute([queue.id])?;
    Ok(())
}

/// Visible, in flight, delayed.
pub(crate) fn count(turn: &Turn<'_>, queue: &QueueRow) -> Result<[u64; 3], QueueError> {
    let mut select = turn.sql.prepare_cached(
        "SELECT COUNT(*) FILTER (WHERE visible_at <= ?2),
                COUNT(*) FILTER (WHERE visible_at > ?2 AND in_flight = 1),
                COUNT(*) FILTER (WHERE visible_at > ?2 AND in_flight = 0)
         FROM message WHERE queue = ?1",
    )?;
    Ok(select.query_row([queue.id, turn.now_ms], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?]))?)
}

/// Gives back what was in flight, and what a clock set back would hide for longer than any delay. Returns how many.
pub(crate) fn release(turn: &mut Turn<'_>, longest_delay_s: i64) -> Result<usize, QueueError> {
    let released = turn
        .sql
        .prepare_cached(
            "UPDATE message SET visible_at = ?1, in_flight = 0
             WHERE visible_at > ?1 AND (in_flight = 1 OR visible_at > ?2)",
        )?
        .execute([turn.now_ms, turn.now_ms + longest_delay_s * 1000])?;
    turn.arrivals.extend(names(turn)?);
    Ok(released)
}
