import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inject, vi } from 'vitest'
import { ROOT } from './suite'

/** What the tests do in the place of everybody else: through the sandbox's desk, by HTTP. */

export interface Household {
  readonly account_no: string
  readonly address: string
  readonly due_fen: number
  readonly holder: string
  readonly phone_last4: string
}

export interface Message {
  readonly to: string
  readonly text: string
}

/** The desk of a suite. */
export class Desk {
  private left = 0
  private phones = 0

  constructor(readonly url: string) {}

  async call<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
    const answer = await fetch(this.url + path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }

  /** A household that owes, another one each time, whichever file asks. */
  async owing(): Promise<Household> {
    const { households } = await this.call<{ households: Household[] }>('GET', '/sandbox/api/households?owing=true&limit=50')
    const one = households.find(({ account_no, due_fen }) => due_fen > 0 && this.take(account_no))
    if (one === undefined) throw new Error('no household is left that owes')
    return one
  }

  private take(accountNo: string): boolean {
    try {
      mkdirSync(join(inject('taken'), accountNo))
      return true
    } catch {
      // Another test was first.
      return false
    }
  }

  /** A household from the other end of the list, another one each time: no other test reports its faults. */
  async quiet(): Promise<Household> {
    const { households } = await this.call<{ households: Household[] }>('GET', '/sandbox/api/households?limit=100')
    this.left += 1
    const one = households.filter(({ phone_last4 }) => phone_last4).at(-this.left)
    if (one === undefined) throw new Error('no household is left')
    return one
  }

  newPhone(): string {
    this.phones += 1
    return `139${String(process.pid % 10_000).padStart(4, '0')}${String(this.phones).padStart(4, '0')}`
  }

  /** The money WeChat Pay took for a household, and for how many orders. */
  async taken({ account_no }: Household): Promise<{ paid: number; orders: number }> {
    type Order = { description: string; amount_fen: number; state: string }
    const { orders } = await this.call<{ orders: Order[] }>('GET', '/sandbox/api/wechatpay/orders')
    const his = orders.filter((order) => order.description.includes(account_no))
    return { orders: his.length, paid: his.filter(({ state }) => state === 'SUCCESS').reduce((sum, one) => sum + one.amount_fen, 0) }
  }

  /** The code in the newest SMS to a number. */
  async codeFor(phone: string): Promise<string> {
    const { messages } = await this.call<{ messages: Message[] }>('GET', '/sandbox/api/inbox')
    const code = messages.find((message) => message.to === phone)?.text.match(/\d{6}/)?.[0]
    if (code === undefined) throw new Error(`no code for ${phone}`)
    return code
  }

  switch(party: string, name: string, on: boolean): Promise<unknown> {
    return this.call('PUT', `/sandbox/api/switches/${party}`, { name, on })
  }

  /** What the company does about a fault: all of it, unless a part is named. */
  async mend(household: Household, repairNo: string, events = ['dispatched', 'started', 'finished']): Promise<void> {
    const { account_no } = household
    for (const event of events) await this.call('POST', `/sandbox/api/repairs/${repairNo}`, { account_no, event })
  }

  /** Signs in by SMS and binds the households: what the device would keep. */
  async person(...households: readonly Household[]): Promise<Person> {
    const phone = this.newPhone()
    await this.call('POST', '/api/session/sms-codes', { phone })
    const session = await this.call<Session>('POST', '/api/session/sms', { phone, code: await this.codeFor(phone) })
    const person = new Person(this, phone, session)
    for (const household of households) await person.bind(household)
    return person
  }
}

interface Bound {
  readonly access_token: string
  readonly expires_in: number
  readonly households: readonly { account_no: string; address: string; holder: string }[]
}

interface Session {
  readonly access_token: string
  readonly refresh_token: string
  readonly expires_in: number
  readonly resident: { readonly resident_id: string; readonly households: Bound['households'] }
}

/** A resident who is signed in. */
export class Person {
  private token: string
  private paid = 0
  private households: Bound['households']

  constructor(
    readonly desk: Desk,
    readonly phone: string,
    private readonly session: Session,
  ) {
    this.token = session.access_token
    this.households = session.resident.households
  }

  api<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
    return this.desk.call(method, path, body, { authorization: `Bearer ${this.token}`, ...headers })
  }

  /** Asks for new tokens with the refresh token in hand. */
  renew(): Promise<unknown> {
    return this.desk.call('POST', '/api/session/refresh', { refresh_token: this.session.refresh_token })
  }

  /** Sends a sample photo as a form. */
  async upload(path: string, name: string): Promise<void> {
    const form = new FormData()
    form.append('photo', new Blob([readFileSync(join(ROOT, 'tests/vectors/photos', name))]), name)
    const answer = await fetch(this.desk.url + path, { method: 'POST', headers: { authorization: `Bearer ${this.token}` }, body: form })
    if (!answer.ok) throw new Error(`POST ${path}: ${answer.status} ${await answer.text()}`)
  }

  /** Pays all that a household owes, from order to settled. */
  async clear(household: Household): Promise<void> {
    type Home = { bills: { bill_no: string; status: string }[] }
    const { bills } = await this.api<Home>('GET', `/api/households/${household.account_no}/home`)
    const bill_nos = bills.filter(({ status }) => status === 'issued').map(({ bill_no }) => bill_no)
    await this.pay(household, '/api/payments', { bill_nos })
  }

  /** Pays an amount ahead, from order to settled: the number of the payment. */
  prepay(household: Household, amount_fen: number): Promise<string> {
    return this.pay(household, '/api/prepayments', { amount_fen })
  }

  private async pay({ account_no }: Household, path: string, what: object): Promise<string> {
    this.paid += 1
    const headers = { 'Idempotency-Key': `paid-${this.paid}-${account_no}` }
    const body = { account_no, channel: 'wechatpay', scene: 'native', ...what }
    const { payment_no } = await this.api<{ payment_no: string }>('POST', path, body, headers)
    await this.desk.call('POST', `/sandbox/api/wechatpay/orders/${payment_no}/pay`, {})
    const status = async () => (await this.api<{ status: string }>('GET', `/api/payments/${payment_no}`)).status
    await vi.waitUntil(async () => (await status()) === 'paid', { timeout: 20_000 })
    return payment_no
  }

  async bind(household: Household): Promise<void> {
    const { account_no, holder, phone_last4: last4 } = household
    const bound = await this.api<Bound>('POST', '/api/households', { account_no, holder, last4 })
    this.token = bound.access_token
    this.households = bound.households
  }

  /** What the pages keep of the session. */
  kept(): Record<string, unknown> {
    return {
      residentId: this.session.resident.resident_id,
      accessToken: this.token,
      expiresAt: Date.now() + this.session.expires_in * 1000,
      refreshToken: this.session.refresh_token,
      households: this.households,
      chosen: null,
    }
  }
}
