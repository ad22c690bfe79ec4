import type { components } from '@heatpay/shared'

type NewPayment = components['schemas']['NewPayment']

/** What the channel's page or window said. It proves nothing: the server is asked in every case. */
export type Returned = 'done' | 'cancelled' | 'failed' | 'elsewhere'

export interface Pay {
  /** The channel and scene that fit where we are; null where this platform cannot pay yet. */
  way(): { readonly channel: NewPayment['channel']; readonly scene: NewPayment['scene'] } | null
  /**
   * Hands the payment to the channel. `elsewhere`: the person pays in another place (a page that replaces this one, a QR code
   * that another phone scans), and the result page waits.
   */
  pay(parameters: Readonly<Record<string, string>>, paymentNo: string): Promise<Returned>
}
