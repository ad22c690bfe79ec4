import type { components } from '@heatpay/shared'
import type { Returned } from '@/platform/pay'

type Payment = components['schemas']['PaymentReply']
export type Status = Payment['status']

/**
 * A payment as the person's device goes through it. Only the server's answer makes it `paid`: what the channel's window said
 * only decides what is asked next.
 */
export type Flow =
  /** The order is being placed, under this key; repeated under the same key until it is known how it stands. */
  | { readonly at: 'placing'; readonly key: string; readonly tries: number }
  /** The channel's window is open. */
  | { readonly at: 'at_channel'; readonly paymentNo: string }
  /** The server is asked until it is certain. */
  | { readonly at: 'asking'; readonly paymentNo: string; readonly tries: number; readonly returned: Returned }
  /** Not paid, and may still be. */
  | { readonly at: 'unpaid'; readonly paymentNo: string }
  /** Perhaps paid; the server goes on asking the channel. */
  | { readonly at: 'unsure'; readonly paymentNo: string }
  | { readonly at: 'paid'; readonly paymentNo: string }
  /** The channel refuses the payer from now on. */
  | { readonly at: 'closed'; readonly paymentNo: string }
  /** The server refused to make it. */
  | { readonly at: 'refused'; readonly code: string; readonly sentence: string; readonly about: string | null }

export type Happened =
  | { readonly what: 'placed'; readonly payment: Pick<Payment, 'payment_no' | 'status'> }
  | { readonly what: 'refused'; readonly code: string; readonly sentence: string; readonly about: string | null }
  /** Nobody knows whether the server got it. */
  | { readonly what: 'no_answer'; readonly sentence: string }
  | { readonly what: 'returned'; readonly how: Returned }
  | { readonly what: 'told'; readonly status: Status }
  | { readonly what: 'asked_in_vain' }
  | { readonly what: 'pay_again' }

/** Placing is repeated this often where no answer came. */
export const PLACING_TRIES = 4

/** The same while the server says that the request before is still under way: it takes a dead one on after ten seconds. */
export const IN_PROGRESS_TRIES = 9

/** The server is asked this often before the person is told that it takes longer. */
export const ASKING_TRIES = 12

/** The same while the person pays in another place, which takes its time: five minutes. */
export const ELSEWHERE_TRIES = 100

/** How long to wait before the next try, in milliseconds: half a second first, three seconds later on. */
export function waitBefore(tries: number): number {
  return Math.min(500 + tries * 500, 3000)
}

/** The start of a payment. */
export function begin(key: string): Flow {
  return { at: 'placing', key, tries: 0 }
}

/** Follows a payment that exists: after the channel's window, after a page was left, or from another device. */
export function follow(paymentNo: string, returned: Returned = 'elsewhere'): Flow {
  return { at: 'asking', paymentNo, tries: 0, returned }
}

/** What a payment becomes by what happened. What does not belong to a state leaves it as it is. */
export function next(flow: Flow, happened: Happened): Flow {
  switch (flow.at) {
    case 'placing':
      return placing(flow, happened)
    case 'at_channel':
      if (happened.what !== 'returned') return flow
      return { at: 'asking', paymentNo: flow.paymentNo, tries: 0, returned: happened.how }
    case 'asking':
      return asking(flow, happened)
    case 'unpaid':
    case 'unsure':
      if (happened.what === 'told') return told(flow.paymentNo, happened.status) ?? flow
      return happened.what === 'pay_again' && flow.at === 'unpaid' ? { at: 'at_channel', paymentNo: flow.paymentNo } : flow
    case 'paid':
    case 'closed':
    case 'refused':
      return flow
  }
}

function placing(flow: Flow & { at: 'placing' }, happened: Happened): Flow {
  if (happened.what === 'placed') {
    const { payment_no: paymentNo, status } = happened.payment
    return told(paymentNo, status) ?? { at: 'at_channel', paymentNo }
  }
  const again: Flow = { ...flow, tries: flow.tries + 1 }
  if (happened.what === 'refused') {
    const { code, sentence, about } = happened
    return code === 'in_progress' && again.tries < IN_PROGRESS_TRIES ? again : { at: 'refused', code, sentence, about }
  }
  if (happened.what === 'no_answer') {
    const given = { at: 'refused', code: 'no_answer', sentence: happened.sentence, about: null } as const
    return again.tries < PLACING_TRIES ? again : given
  }
  return flow
}

function asking(flow: Flow & { at: 'asking' }, happened: Happened): Flow {
  const { paymentNo, returned } = flow
  if (happened.what === 'told') {
    const final = told(paymentNo, happened.status)
    if (final !== null) return final
    if (happened.status === 'pending' && (returned === 'cancelled' || returned === 'failed')) return { at: 'unpaid', paymentNo }
  } else if (happened.what !== 'asked_in_vain') return flow
  const tries = flow.tries + 1
  const unpaidSoFar = returned === 'elsewhere' && happened.what === 'told' && happened.status === 'pending'
  if (tries < (unpaidSoFar ? ELSEWHERE_TRIES : ASKING_TRIES)) return { ...flow, tries }
  return unpaidSoFar ? { at: 'unpaid', paymentNo } : { at: 'unsure', paymentNo }
}

/** What the server's word makes final. */
function told(paymentNo: string, status: Status): Flow | null {
  switch (status) {
    case 'paid':
      return { at: 'paid', paymentNo }
    case 'closed':
    case 'rejected':
    case 'reversed':
      return { at: 'closed', paymentNo }
    case 'submitting':
    case 'pending':
    case 'closing':
      return null
  }
}
