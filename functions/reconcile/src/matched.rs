//! Matching: our books of the day and those around it are read a page at a time, the statement a line at a time.

use crate::Reconcile;
use bytes::Bytes;
use heatpay_channels::StatementSource;
use heatpay_domain::{
    Channel,
    reconcile::{Finished, Matching, OurBooks, Ours, ReconcileDay, Report},
    statement::{BadStatement, StatementKind, StatementLine},
};
use heatpay_runtime::StepError;
use jiff::civil::Date;

/// The file that is matched; `None` where nothing happened.
pub(crate) struct Statement<'a> {
    pub(crate) source: &'a dyn StatementSource,
    pub(crate) channel: Channel,
    pub(crate) day: Date,
    pub(crate) file: Option<(&'a Bytes, &'a str)>,
}

impl Reconcile {
    /// The report, or why the file is not believed; then nothing of it was used.
    pub(crate) async fn matched(&self, statement: &Statement<'_>) -> Result<Result<Report, BadStatement>, StepError> {
        let (channel, day) = (statement.channel, statement.day);
        let mut matching = match self.match_lines(statement, &[]).await? {
            Ok(matching) => matching,
            Err(bad) => return Ok(Err(bad)),
        };
        let elsewhere = self.of_other_days(channel, &matching.unknown_lines()).await?;
        if !elsewhere.is_empty() {
            matching = match self.match_lines(statement, &elsewhere).await? {
                Ok(matching) => matching,
                Err(bad) => return Ok(Err(bad)),
            };
        }
        let mut next_day_known = false;
        for (neighbour, is_next) in [(day.yesterday(), false), (day.tomorrow(), true)] {
            let Ok(neighbour) = neighbour else { continue };
            let Some(stands) = self.days.find(channel, neighbour).await? else { continue };
            next_day_known |= is_next && stands.has_statement();
            if matching.asks_neighbours() {
                self.take_neighbour(statement.source, &stands, &mut matching).await?;
            }
        }
        let mut finished = matching.finish(next_day_known);
        if finished.asks_our_books() {
            self.name_ours(channel, day, &mut finished).await?;
        }
        Ok(Ok(finished.report(channel, day, statement.file.map(|(_, sha256)| sha256.to_owned()))))
    }

    async fn match_lines(
        &self,
        statement: &Statement<'_>,
        elsewhere: &[Ours],
    ) -> Result<Result<Matching, BadStatement>, StepError> {
        let (channel, day) = (statement.channel, statement.day);
        let mut books = OurBooks::default();
        self.money.each(channel, day, |ours| books.add(&ours)).await?;
        for neighbour in [day.yesterday(), day.tomorrow()].into_iter().flatten() {
            self.money.each(channel, neighbour, |ours| books.add_neighbour(&ours)).await?;
        }
        elsewhere.iter().for_each(|ours| books.add_neighbour(ours));
        let mut matching = books.against_lines();
        let Some((file, _)) = statement.file else { return Ok(Ok(matching)) };
        match take_lines(statement.source, file, day, |line| matching.take(line)) {
            Ok(()) => Ok(Ok(matching)),
            Err(bad) => Ok(Err(bad)),
        }
    }

    /// What our books have of these lines on days further off.
    async fn of_other_days(&self, channel: Channel, lines: &[StatementLine]) -> Result<Vec<Ours>, StepError> {
        let mut found = Vec::new();
        for line in lines {
            let ours = match line.kind {
                StatementKind::Payment => {
                    self.money.receipt(channel, &line.channel_txn).await?.and_then(|receipt| Ours::of_receipt(&receipt))
                }
                StatementKind::Refund => {
                    let refund = self.money.refund(line.refund_no.as_deref().unwrap_or_default()).await?;
                    refund.filter(|refund| refund.channel == channel).and_then(|refund| Ours::of_refund(&refund))
                }
            };
            found.extend(ours);
        }
        Ok(found)
    }

    async fn take_neighbour(
        &self,
        source: &dyn StatementSource,
        stands: &ReconcileDay,
        matching: &mut Matching,
    ) -> Result<(), StepError> {
        let Some((_, bytes)) = self.kept(stands).await? else { return Ok(()) };
        take_lines(source, &bytes, stands.day, |line| matching.take_neighbour(line)).map_err(StepError::reject)
    }

    async fn name_ours(&self, channel: Channel, day: Date, finished: &mut Finished) -> Result<(), StepError> {
        Ok(self.money.each(channel, day, |ours| finished.take_ours(&ours)).await?)
    }
}

fn take_lines(
    source: &dyn StatementSource,
    file: &[u8],
    day: Date,
    mut take: impl FnMut(&StatementLine),
) -> Result<(), BadStatement> {
    for line in source.read_statement(file, day)? {
        take(&line?);
    }
    Ok(())
}
