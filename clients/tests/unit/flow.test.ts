import {
  ASKING_TRIES,
  ELSEWHERE_TRIES,
  type Flow,
  type Happened,
  IN_PROGRESS_TRIES,
  PLACING_TRIES,
  type Status,
  begin,
  follow,
  next,
  waitBefore,
} from '@/pay/flow'
import { describe, expect, test } from 'vitest'

const NO = 'P01'
const STATUSES: readonly Status[] = ['submitting', 'pending', 'closing', 'paid', 'closed', 'rejected', 'reversed']
const RETURNS = ['done', 'cancelled', 'failed', 'elsewhere'] as const

const told = (status: Status): Happened => ({ what: 'told', status })
const returned = (how: (typeof RETURNS)[number]): Happened => ({ what: 'returned', how })
const refused = (code: string): Happened => ({ what: 'refused', code, sentence: '不行', about: null })
const atChannel: Flow = { at: 'at_channel', paymentNo: NO }
const asking = (how: (typeof RETURNS)[number], tries = 0): Flow => ({ at: 'asking', paymentNo: NO, tries, returned: how })

const EVERY_STATE: readonly Flow[] = [
  begin('key'),
  atChannel,
  ...RETURNS.map((how) => asking(how)),
  { at: 'unpaid', paymentNo: NO },
  { at: 'unsure', paymentNo: NO },
  { at: 'paid', paymentNo: NO },
  { at: 'closed', paymentNo: NO },
  { at: 'refused', code: 'bill_paid', sentence: '已缴清', about: null },
]
const EVERY_EVENT: readonly Happened[] = [
  ...STATUSES.map((status): Happened => ({ what: 'placed', payment: { payment_no: NO, status } })),
  refused('bill_paid'),
  refused('in_progress'),
  { what: 'no_answer', sentence: '网络' },
  ...RETURNS.map(returned),
  ...STATUSES.map(told),
  { what: 'asked_in_vain' },
  { what: 'pay_again' },
]
const saysPaid = (event: Happened) =>
  (event.what === 'told' && event.status === 'paid') || (event.what === 'placed' && event.payment.status === 'paid')

describe('a payment on the device', () => {
  test('is paid by the word of the server alone, in every state and whatever happens', () => {
    for (const state of EVERY_STATE) {
      for (const event of EVERY_EVENT) {
        const after = next(state, event)
        if (after.at === 'paid' && state.at !== 'paid') expect(saysPaid(event), `${state.at} on ${JSON.stringify(event)}`).toBe(true)
      }
    }
  })

  test('stays paid, closed or refused whatever happens', () => {
    for (const state of EVERY_STATE.filter(({ at }) => at === 'paid' || at === 'closed' || at === 'refused')) {
      for (const event of EVERY_EVENT) expect(next(state, event)).toBe(state)
    }
  })

  test('goes to the channel once it is placed, and is asked about whatever the channel said', () => {
    expect(next(begin('key'), { what: 'placed', payment: { payment_no: NO, status: 'pending' } })).toEqual(atChannel)
    for (const how of RETURNS) expect(next(atChannel, returned(how))).toEqual(asking(how))
  })

  test('that the channel calls done, and the server does not know of, is asked about until it is unsure', () => {
    let flow = asking('done')
    for (let tries = 1; tries < ASKING_TRIES; tries += 1) {
      flow = next(flow, told('pending'))
      expect(flow).toEqual(asking('done', tries))
    }
    expect(next(flow, told('pending'))).toEqual({ at: 'unsure', paymentNo: NO })
  })

  test.each(['cancelled', 'failed'] as const)('that was %s at the channel is unpaid once the server says so', (how) => {
    expect(next(asking(how), told('pending'))).toEqual({ at: 'unpaid', paymentNo: NO })
    expect(next(asking(how), told('paid'))).toEqual({ at: 'paid', paymentNo: NO })
    expect(next(asking(how), { what: 'asked_in_vain' })).toEqual(asking(how, 1))
  })

  test('made elsewhere is waited for longer while it is plain that it is not paid', () => {
    let flow = follow(NO)
    for (let tries = 1; tries < ELSEWHERE_TRIES; tries += 1) flow = next(flow, told('pending'))
    expect(flow).toEqual(asking('elsewhere', ELSEWHERE_TRIES - 1))
    expect(next(flow, told('pending'))).toEqual({ at: 'unpaid', paymentNo: NO })
  })

  test('comes to rest whatever the answers are', () => {
    for (const how of RETURNS) {
      for (const event of [...STATUSES.map(told), { what: 'asked_in_vain' } as const]) {
        let flow = asking(how)
        for (let step = 0; step < ELSEWHERE_TRIES && flow.at === 'asking'; step += 1) flow = next(flow, event)
        expect(flow.at).not.toBe('asking')
      }
    }
  })

  test('is placed again under the same key where no answer came, a few times', () => {
    let flow: Flow = begin('key')
    for (let tries = 1; tries < PLACING_TRIES; tries += 1) {
      flow = next(flow, { what: 'no_answer', sentence: '网络' })
      expect(flow).toEqual({ at: 'placing', key: 'key', tries })
    }
    expect(next(flow, { what: 'no_answer', sentence: '网络' })).toMatchObject({ at: 'refused', code: 'no_answer' })
  })

  test('waits for the request before it', () => {
    let flow: Flow = begin('key')
    for (let tries = 1; tries < IN_PROGRESS_TRIES; tries += 1) flow = next(flow, refused('in_progress'))
    expect(flow).toEqual({ at: 'placing', key: 'key', tries: IN_PROGRESS_TRIES - 1 })
    expect(next(flow, refused('in_progress'))).toMatchObject({ at: 'refused', code: 'in_progress' })
  })

  test('may be paid again only while it is unpaid', () => {
    for (const state of EVERY_STATE) {
      const after = next(state, { what: 'pay_again' })
      expect(after).toEqual(state.at === 'unpaid' ? atChannel : state)
    }
  })

  test('waits longer with each try, three seconds at most', () => {
    expect([0, 1, 2, 20].map(waitBefore)).toEqual([500, 1000, 1500, 3000])
  })
})
