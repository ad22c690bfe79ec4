import { type Bill, asked, choose, payable } from '@/billing/choice'
import { describe, expect, test } from 'vitest'

function bill(season: string, total_fen: number, more: Partial<Bill> = {}): Bill {
  return {
    bill_no: `B${season}`,
    season,
    kind: 'season',
    status: 'issued',
    total_fen,
    subsidy_fen: 0,
    paid_fen: 0,
    paid_late_fee_fen: 0,
    issued_on: '2026-10-15',
    due_on: '2026-12-31',
    due: { total_fen, principal_fen: total_fen, late_fee_fen: 0, discount_fen: 0, overdue: false },
    ...more,
  }
}
const old = bill('2024-2025', 100, { kind: 'prior_arrears' })
const last = bill('2025-2026', 200)
const now = bill('2026-2027', 300)
const all = [old, last, now]
const nos = (bills: readonly Bill[]) => bills.map(({ bill_no }) => bill_no)

describe('the bills to pay', () => {
  test('are those that ask for money, the oldest season first', () => {
    const paid = bill('2023-2024', 1, { status: 'paid' })
    const nothing = bill('2022-2023', 0)
    expect(payable([now, paid, old, nothing, last])).toEqual(all)
  })

  test('of one season begin with the arrears', () => {
    const arrears = bill('2026-2027', 5, { kind: 'prior_arrears', bill_no: 'BA' })
    expect(payable([now, arrears])).toEqual([arrears, now])
  })

  test('choosing one takes all older debts along', () => expect(choose(all, [], now.bill_no)).toEqual(nos(all)))

  test('leaving an old one out leaves the newer ones out', () => {
    expect(choose(all, nos(all), last.bill_no)).toEqual([old.bill_no])
    expect(choose(all, nos(all), old.bill_no)).toEqual([])
    expect(choose(all, nos(all), now.bill_no)).toEqual([old.bill_no, last.bill_no])
  })

  test('ask for the sum of what is chosen', () => {
    expect(asked(all, nos(all))).toBe(600)
    expect(asked(all, [old.bill_no])).toBe(100)
  })
})
