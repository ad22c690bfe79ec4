/** What the server makes once, however often it is asked. */
type Made = 'payment' | 'repair'

interface Unknown {
  readonly key: string
  readonly asked: string
}

const slotOf = (made: Made) => `heatpay.seen.key.${made}`

/**
 * The key of what the person starts: the server makes one payment (one report) for it, however often it is sent. While nobody
 * knows how the last one stands, the same wish goes out under the same key, also from a page that is opened anew.
 */
export function keyFor(made: Made, wish: object): string {
  const asked = JSON.stringify(wish)
  const kept: unknown = uni.getStorageSync(slotOf(made))
  if (typeof kept === 'object' && kept !== null && (kept as Unknown).asked === asked) return (kept as Unknown).key
  const key = newKey()
  uni.setStorageSync(slotOf(made), { key, asked } satisfies Unknown)
  return key
}

/** It is known how it stands: the next wish is a new one. */
export function keyIsDone(made: Made): void {
  uni.removeStorageSync(slotOf(made))
}

function newKey(): string {
  const random = () => Math.random().toString(36).slice(2, 12).padEnd(10, '0')
  return `${Date.now().toString(36)}-${random()}${random()}`
}
