import type { components } from '@heatpay/shared'

type NewPayment = components['schemas']['NewPayment']

/** What the channel's page or window said. It proves nothing: the server is asked in every case. */
export type Returned = 'done' | 'cancelled' | 'failed' | 'elsewhere'

/** A channel, and how it is paid where we are. */
export type Way = Pick<NewPayment, 'channel' | 'scene'>

export interface Pay {
  /** What the server offers where we are, the recommended one first. */
  ways(): readonly [Way, ...Way[]]
  /** Whether the channel can be opened here with these: of a payment that was begun in another place it may not. */
  takes(parameters: Readonly<Record<string, string>>): boolean
  /**
   * Hands the payment to the channel. `elsewhere`: the person pays in another place (a page that replaces this one, a QR code
   * that another phone scans), and the result page waits.
   */
  pay(parameters: Readonly<Record<string, string>>, paymentNo: string): Promise<Returned>
}
