//! The weather clears, and everything comes to rest: what was left to do is done, and time runs on until nobody waits for anything.

mod mornings;

use crate::{
    actors::{
        cashiers::{self, Cash},
        delivery, payers,
        staff::{self, AtDesk, PEOPLE},
        time,
    },
    check,
    provider::{Back, Going},
    queues::Queue,
    tables::{Item, number, text},
    world::World,
};
use heatpay_domain::calendar::civil_date;
use jiff::SignedDuration;

/// More rounds than any ladder of questions has rungs.
const ROUNDS: usize = 120;

/// The longest that a queue can delay a message.
const LONGEST_DELAY: SignedDuration = SignedDuration::from_secs(900);

/// Runs the world until it rests; if it does not, that is wrong.
pub fn come_to_rest(world: &mut World) {
    {
        let mut state = world.town.state();
        state.tell(|| "The weather clears.".to_owned());
        state.weather.clear();
    }
    while !world.processes.is_empty() {
        world.go(0, 0);
    }
    // What is on its way arrives after everything that could be done before it.
    deliver(world);
    {
        let mut state = world.town.state();
        let now = state.now;
        while state.provider.arrive(0, now).is_some() {}
        check::always(&mut state);
    }
    settle_down(world);
    close_tills(world);
    if world.town.state().statements_matter {
        mornings::reconcile(world);
    }
}

/// Does what is to be done, until nobody waits for anything.
fn settle_down(world: &mut World) {
    for _ in 0..ROUNDS {
        refunds_end(world);
        notify(world);
        if deliver(world) {
            continue;
        }
        let next = world.town.state().queues.0.iter().map(|message| message.visible_at).max();
        match next {
            // As late as a queue can delay: all that waits comes at once, and what expires has expired.
            Some(at) => {
                let span = at.duration_since(world.town.state().now);
                world.pass(span.max(LONGEST_DELAY));
                if only_draws_wait(world) {
                    // For a payment that holds a bill, and whose own message may be buried.
                    (0..2).for_each(|which| time::run(world, which, 0));
                }
            }
            None if work_off(world) || answer_for_cash(world) => {}
            None if open(world) == 0 => return,
            None => {
                world.pass(SignedDuration::from_mins(16));
                (0..2).for_each(|which| time::run(world, which, 0));
            }
        }
    }
    let mut state = world.town.state();
    let left = state.queues.0.len();
    state.wrong(format!("it does not come to rest: {left} messages wait, or a payment or refund stays open"));
}

fn only_draws_wait(world: &World) -> bool {
    world.town.state().queues.0.iter().all(|message| message.queue == Queue::Prepayment)
}

fn refunds_end(world: &World) {
    let mut state = world.town.state();
    for at in 0..state.provider.backs.len() {
        if state.provider.backs[at].going == Going::Processing {
            let now = state.now;
            state.provider.move_refund(at, Going::Done, now);
        }
    }
}

fn notify(world: &mut World) {
    for at in 0.. {
        let ended = match world.town.state().provider.notices.get(at) {
            None => return,
            Some(notice) => notice.ended,
        };
        if !ended {
            payers::notify(world, at, 0);
        }
    }
}

/// Staff sees to a refund that waits for a person; whether there was one. What was asked for is approved or declined, by the last
/// letter of its number; what the channel closed goes out again; of what it found abnormal a person looks at the provider's own page,
/// and either it is asked again or it is paid another way.
fn work_off(world: &mut World) -> bool {
    let waits = {
        let state = world.town.state();
        let mut refunds = state.tables.items("refunds");
        let waits = refunds.find(|refund| matches!(text(refund, "status"), "requested" | "failed" | "abnormal"));
        waits.map(|refund| {
            let refund_no = text(refund, "refund_no").to_owned();
            let of_refund = |back: &&Back| back.number.starts_with(&refund_no) && back.going == Going::Done;
            let second = if claim_of(refund, "requested_by") == PEOPLE[1].0 { 2 } else { 1 };
            let done = state.provider.backs.iter().any(|back| of_refund(&back));
            (refund_no, text(refund, "status").to_owned(), second, done)
        })
    };
    let Some((refund_no, status, second, done)) = waits else { return false };
    match status.as_str() {
        "requested" => staff::decide(world, second, &refund_no, !refund_no.ends_with(['0', '1', '2']), 0),
        "abnormal" if !done => {
            staff::at_desk(world, 1, &refund_no, AtDesk::SayOtherwise, 0);
            staff::at_desk(world, 2, &refund_no, AtDesk::ConfirmOtherwise, 0);
        }
        _ => staff::at_desk(world, second, &refund_no, AtDesk::Retry, 0),
    }
    true
}

/// A cashier who still waits for an answer asks again; whether one did.
fn answer_for_cash(world: &mut World) -> bool {
    let waits = world.counter.iter().position(|entry| matches!(entry.cash, Cash::Waits | Cash::GoesBack));
    let Some(at) = waits else { return false };
    match world.counter[at].cash {
        Cash::GoesBack => cashiers::reverse(world, at, 0),
        Cash::Waits | Cash::Kept | Cash::HandedBack => cashiers::record(world, at, 0),
    }
    true
}

/// Every till holds what its drawer does, and those of today can be closed with it.
fn close_tills(world: &mut World) {
    let today = civil_date(world.town.state().now).to_string();
    for who in [0, 2] {
        let drawer = cashiers::drawer(world, who);
        let staff_no = PEOPLE[usize::from(who)].0;
        let (mut recorded, mut days, mut is_open_today) = (0, 0, false);
        {
            let mut state = world.town.state();
            let sums = state.tables.items("tills").filter(|item| text(item, "item") == "day");
            for day in sums.filter(|day| text(day, "staff_no") == staff_no) {
                days += 1;
                recorded += number(day, "cash");
                is_open_today |= text(day, "day") == today && text(day, "closed_at").is_empty();
            }
            if recorded != drawer {
                state.wrong(format!("the drawer of person {who} holds {drawer} fen, {recorded} are recorded"));
            }
        }
        if is_open_today && days == 1 {
            cashiers::close(world, who, 0);
            let mut state = world.town.state();
            let is_closed = state
                .tables
                .items("tills")
                .any(|item| text(item, "till").starts_with(staff_no) && !text(item, "closed_at").is_empty());
            if !is_closed {
                state.wrong(format!("person {who} cannot close the day with {drawer} fen in the drawer"));
            }
        }
    }
}

fn claim_of<'a>(refund: &'a Item, member: &str) -> &'a str {
    refund.get("claim").and_then(|claim| claim["M"].as_object()).map(|claim| text(claim, member)).unwrap_or_default()
}

/// Delivers what is visible; whether there was anything.
fn deliver(world: &mut World) -> bool {
    let visible: Vec<u64> = {
        let state = world.town.state();
        state.queues.visible(state.now).map(|message| message.id).collect()
    };
    for id in &visible {
        delivery::deliver(world, *id, 0);
    }
    !visible.is_empty()
}

/// How many payments and refunds somebody must still see to.
fn open(world: &World) -> usize {
    let state = world.town.state();
    let payments = state.tables.items("payments").filter(|item| is_open(text(item, "status"))).count();
    let waits = |refund: &&Item| match text(refund, "status") {
        "approved" | "processing" => true,
        // The invoice is not lined up yet.
        "succeeded" | "paid_otherwise" | "declined" => claim_of(refund, "invoice") == "cleared",
        _ => false,
    };
    payments + state.tables.items("refunds").filter(waits).count()
}

/// Whether a payment of that status is open.
pub fn is_open(status: &str) -> bool {
    matches!(status, "submitting" | "pending" | "closing")
}
