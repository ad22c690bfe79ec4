use crate::{App, given};
use heatpay_domain::refund::Refund;
use heatpay_runtime::{Problem, staff::Staff};

/// The refund of that number, where it belongs to a branch of the person's. One GetItem, and one of the household where a rule
/// opened it.
pub(crate) async fn find(app: &App, staff: &Staff, refund_no: String) -> Result<(Refund, Option<String>), Problem> {
    let refund_no = given::refund_no(refund_no)?;
    let refund = app.refunds.find(&refund_no).await?.ok_or_else(given::no_such_refund)?;
    let branch = branch_of(app, &refund).await?;
    if !staff.0.branches.include_if_any(branch.as_deref()) {
        return Err(Problem::other_branch());
    }
    Ok((refund, branch))
}

/// The branch of the household it belongs to; money for no household of ours belongs to none.
async fn branch_of(app: &App, refund: &Refund) -> Result<Option<String>, Problem> {
    if let Some(claim) = &refund.claim {
        return Ok(Some(claim.branch.clone()));
    }
    let Some(account_no) = &refund.account_no else { return Ok(None) };
    Ok(app.households.find(account_no).await?.map(|kept| kept.household.branch))
}
