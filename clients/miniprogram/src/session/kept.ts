import type { components } from '@heatpay/shared'

type Household = components['schemas']['BoundHousehold']

/** What the device keeps of a session. Personal data in it is masked by the server. */
export interface KeptSession {
  readonly residentId: string
  readonly accessToken: string
  /** When the access token runs out, by this device's clock. */
  readonly expiresAt: number
  readonly refreshToken: string
  readonly households: readonly Household[]
  /** The household last looked at. */
  readonly chosen: string | null
}

const KEY = 'heatpay.session'
const CACHE = 'heatpay.seen.'

export function readSession(): KeptSession | null {
  const kept: unknown = uni.getStorageSync(KEY)
  return typeof kept === 'object' && kept !== null && 'refreshToken' in kept ? (kept as KeptSession) : null
}

export function keepSession(session: KeptSession): void {
  uni.setStorageSync(KEY, session)
}

/** Forgets the session and all that was seen in it. */
export function forgetSession(): void {
  uni.removeStorageSync(KEY)
  for (const key of uni.getStorageInfoSync().keys) {
    if (key.startsWith(CACHE)) uni.removeStorageSync(key)
  }
}

/** What was last seen at an address, to be shown until the fresh answer comes. */
export function seenBefore<T>(what: string): T | null {
  const kept: unknown = uni.getStorageSync(CACHE + what)
  return kept === '' || kept === undefined ? null : (kept as T)
}

export function keepSeen(what: string, value: unknown): void {
  uni.setStorageSync(CACHE + what, value)
}
