import { type components, sum } from '@heatpay/shared'

export type Bill = components['schemas']['BillRow']

/** The bills that ask for money, oldest season first: the order in which they may be paid. */
export function payable(bills: readonly Bill[]): Bill[] {
  return bills
    .filter((bill) => bill.status === 'issued' && bill.due.total_fen > 0)
    .sort((one, other) => (one.season < other.season ? -1 : one.season > other.season ? 1 : arrearsFirst(one, other)))
}

function arrearsFirst(one: Bill, other: Bill): number {
  return Number(other.kind === 'prior_arrears') - Number(one.kind === 'prior_arrears')
}

/**
 * What is chosen after a bill was tapped. Older debts are cleared first: choosing a bill takes all of older seasons along,
 * leaving one out leaves out all of newer ones.
 */
export function choose(bills: readonly Bill[], chosen: readonly string[], tapped: string): string[] {
  const season = bills.find((bill) => bill.bill_no === tapped)?.season ?? ''
  const leaving = chosen.includes(tapped)
  return bills
    .filter((bill) => {
      if (bill.bill_no === tapped) return !leaving
      if (leaving) return chosen.includes(bill.bill_no) && bill.season <= season
      return chosen.includes(bill.bill_no) || bill.season < season
    })
    .map((bill) => bill.bill_no)
}

/** What the chosen bills ask for today. */
export function asked(bills: readonly Bill[], chosen: readonly string[]): number {
  return sum(bills.filter((bill) => chosen.includes(bill.bill_no)).map((bill) => bill.due.total_fen))
}
