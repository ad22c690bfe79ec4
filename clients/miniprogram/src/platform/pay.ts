import type { components } from '@heatpay/shared'

type NewPayment = components['schemas']['NewPayment']

/** What the channel's page or window said. It proves nothing: the server is asked in every case. */
export type Returned = 'done' | 'cancelled' | 'failed' | 'elsewhere'

export interface Pay {
  /** Whether the platform has a channel to pay by: where not, no page has a button for it. */
  readonly canPay: boolean
  /** The channel and scene that fit where we are; null where there is none. */
  way(): { readonly channel: NewPayment['channel']; readonly scene: NewPayment['scene'] } | null
  /**
   * Hands the payment to the channel. `elsewhere`: the person pays in another place (a page that replaces this one, a QR code
   * that another phone scans), and the result page waits.
   */
  pay(parameters: Readonly<Record<string, string>>, paymentNo: string): Promise<Returned>
}
