import type { components } from '@heatpay/shared'

type NewPayment = components['schemas']['NewPayment']

interface Unknown {
  readonly key: string
  readonly asked: string
}

const KEPT = 'heatpay.seen.key'

/**
 * The key of a payment the person starts: the server makes one payment for it, however often it is sent. While nobody knows
 * how the last one stands, the same wish goes out under the same key, also from a page that is opened anew.
 */
export function keyFor(wish: NewPayment): string {
  const asked = JSON.stringify(wish)
  const kept: unknown = uni.getStorageSync(KEPT)
  if (typeof kept === 'object' && kept !== null && (kept as Unknown).asked === asked) return (kept as Unknown).key
  const key = newKey()
  uni.setStorageSync(KEPT, { key, asked } satisfies Unknown)
  return key
}

/** It is known how the payment stands: the next wish is a new one. */
export function keyIsDone(): void {
  uni.removeStorageSync(KEPT)
}

function newKey(): string {
  const random = () => Math.random().toString(36).slice(2, 12).padEnd(10, '0')
  return `${Date.now().toString(36)}-${random()}${random()}`
}
