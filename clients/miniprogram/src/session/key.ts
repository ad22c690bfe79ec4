/** What the server makes once, however often it is asked. */
export type Made = 'payment' | 'prepayment' | 'repair'

interface Kept {
  readonly key: string
  readonly asked: string
  /** What was made under it, and how long that may still be paid, by this device's clock. */
  readonly made?: { readonly no: string; readonly until: number }
}

const slotOf = (made: Made) => `heatpay.seen.key.${made}`

/**
 * The key of what the person starts: the server makes one payment (one report) for it, however often it is sent. While nobody
 * knows how the last one stands, the same wish goes out under the same key, also from a page that is opened anew.
 */
export function keyFor(made: Made, wish: object): string {
  const asked = JSON.stringify(wish)
  const kept = keptOf(made)
  const stands = kept?.made === undefined || Date.now() < kept.made.until
  if (kept?.asked === asked && stands) return kept.key
  const key = newKey()
  uni.setStorageSync(slotOf(made), { key, asked } satisfies Kept)
  return key
}

/** Number `no` was made and may be paid within so many milliseconds: the same wish is for the same one until its end is known. */
export function keyStands(made: Made, no: string, withinMs: number): void {
  const kept = keptOf(made)
  if (kept === null || kept.made?.no === no) return
  uni.setStorageSync(slotOf(made), { ...kept, made: { no, until: Date.now() + withinMs } } satisfies Kept)
}

/** It is known how it stands, of number `no` where that stands under the key: the next wish is a new one. */
export function keyIsDone(made: Made, no?: string): void {
  if (no === undefined || keptOf(made)?.made?.no === no) uni.removeStorageSync(slotOf(made))
}

function keptOf(made: Made): Kept | null {
  const kept: unknown = uni.getStorageSync(slotOf(made))
  return typeof kept === 'object' && kept !== null && 'key' in kept ? (kept as Kept) : null
}

function newKey(): string {
  const random = () => Math.random().toString(36).slice(2, 12).padEnd(10, '0')
  return `${Date.now().toString(36)}-${random()}${random()}`
}
