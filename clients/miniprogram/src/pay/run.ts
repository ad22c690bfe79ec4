import { NoAnswer, Problem, type components } from '@heatpay/shared'
import { pay } from '@platform/pay'
import { shallowRef } from 'vue'
import type { Returned, Way } from '@/platform/pay'
import { SignedOut } from '@/session/bearer'
import { sentence } from '@/session/load'
import { api } from '@/session/session'
import { type Flow, type Happened, begin, follow, next, waitBefore } from './flow'
import { keyFor, keyIsDone, keyStands } from '@/session/key'

type Payment = components['schemas']['PaymentReply']
type NewPayment = components['schemas']['NewPayment']
type NewPrepayment = components['schemas']['NewPrepayment']

/** What the person wants: bills paid, or money paid ahead. How it is paid comes beside it. */
export type Wish =
  | { readonly made: 'payment'; readonly asked: Omit<NewPayment, keyof Way> }
  | { readonly made: 'prepayment'; readonly asked: Omit<NewPrepayment, keyof Way> }

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

function send({ made, asked }: Wish, way: Way, key: string): Promise<Payment> {
  const headers = { 'Idempotency-Key': key }
  switch (made) {
    case 'payment':
      return api.post('/api/payments', { headers, body: { ...asked, ...way } })
    case 'prepayment':
      return api.post('/api/prepayments', { headers, body: { ...asked, ...way } })
  }
}

/** Runs one payment: carries out what each state of the flow asks for until it comes to rest. */
export function usePayment() {
  const flow = shallowRef<Flow | null>(null)
  const payment = shallowRef<Payment | null>(null)
  let given: { readonly wish: Wish; readonly way: Way } | null = null
  /** Which run goes on: a new one, and leaving, end the one before. */
  let turn = 0

  function happen(happened: Happened): void {
    if (flow.value === null) return
    flow.value = next(flow.value, happened)
    if (flow.value.at === 'paid' || flow.value.at === 'closed') keyIsDone('prepayment', flow.value.paymentNo)
  }

  /** Makes a payment and hands it to the channel. */
  async function start(wish: Wish, way: Way): Promise<void> {
    given = { wish, way }
    flow.value = begin(keyFor(wish.made, { ...wish.asked, ...way }))
    await run()
  }

  /** Follows a payment that was made before. */
  async function watch(paymentNo: string, returned: Returned = 'elsewhere'): Promise<void> {
    flow.value = follow(paymentNo, returned)
    await run()
  }

  async function payAgain(paymentNo: string): Promise<void> {
    turn += 1
    flow.value = { at: 'unpaid', paymentNo }
    await ask(paymentNo)
    happen({ what: 'pay_again' })
    await run()
  }

  async function run(): Promise<void> {
    const mine = ++turn
    while (flow.value !== null && mine === turn) {
      const now: Flow = flow.value
      if (now.at === 'placing') await place(now.key, now.tries)
      else if (now.at === 'at_channel') await atChannel(now.paymentNo)
      else if (now.at === 'asking') await askLater(now.paymentNo, now.tries, mine)
      else return
      if (flow.value === now) return
    }
  }

  async function place(key: string, tries: number): Promise<void> {
    if (tries > 0) await pause(waitBefore(tries))
    if (given === null) return
    const { wish, way } = given
    try {
      payment.value = await send(wish, way, key)
      placed(wish.made, payment.value)
      happen({ what: 'placed', payment: payment.value })
    } catch (error) {
      if (error instanceof SignedOut) throw error
      const later = error instanceof NoAnswer || (error instanceof Problem && error.status >= 500)
      if (later) happen({ what: 'no_answer', sentence: sentence(error) })
      else if (error instanceof Problem) {
        if (error.code !== 'in_progress') keyIsDone(wish.made)
        happen({ what: 'refused', code: error.code, sentence: error.message, about: error.about })
      } else throw error
    }
  }

  /**
   * A bill is held by its payment, and the server refuses a second one. Money paid ahead holds nothing: who wants the same again
   * while it may still be paid gets the same payment.
   */
  function placed(made: Wish['made'], { payment_no, created_at, expires_at }: Payment): void {
    if (made === 'payment') keyIsDone(made)
    else keyStands(made, payment_no, Date.parse(expires_at) - Date.parse(created_at))
  }

  async function atChannel(paymentNo: string): Promise<void> {
    const parameters = payment.value?.client_parameters
    const how: Returned = parameters ? await pay(parameters, paymentNo) : 'failed'
    happen({ what: 'returned', how })
  }

  async function askLater(paymentNo: string, tries: number, mine: number): Promise<void> {
    if (tries > 0) await pause(waitBefore(tries))
    if (mine === turn) await ask(paymentNo)
  }

  async function ask(paymentNo: string): Promise<void> {
    try {
      payment.value = await api.get('/api/payments/{payment_no}', { path: { payment_no: paymentNo } })
      happen({ what: 'told', status: payment.value.status })
    } catch (error) {
      if (error instanceof SignedOut) throw error
      if (error instanceof Problem && error.status < 500) {
        flow.value = { at: 'refused', code: error.code, sentence: error.message, about: error.about }
      } else happen({ what: 'asked_in_vain' })
    }
  }

  /** The page is left: nothing more is asked from here. */
  function leave(): void {
    turn += 1
  }

  return { flow, payment, start, watch, payAgain, ask, leave }
}
