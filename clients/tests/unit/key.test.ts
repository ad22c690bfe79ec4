import { keyFor, keyIsDone, keyStands } from '@/session/key'
import { afterEach, describe, expect, test, vi } from 'vitest'

afterEach(() => {
  keyIsDone('prepayment')
  vi.useRealTimers()
})

const wish = { account_no: '1000000001', amount_fen: 50_000 }
const HALF_AN_HOUR = 30 * 60 * 1000

describe('the key of money paid ahead', () => {
  test('stays while its payment may still be paid, and is another one afterwards', () => {
    vi.useFakeTimers({ now: 0 })
    const key = keyFor('prepayment', wish)
    keyStands('prepayment', 'P01', HALF_AN_HOUR)
    vi.setSystemTime(HALF_AN_HOUR - 1)
    expect(keyFor('prepayment', wish)).toBe(key)
    vi.setSystemTime(HALF_AN_HOUR)
    expect(keyFor('prepayment', wish)).not.toBe(key)
  })

  test('is not kept longer by a repeat of the request', () => {
    vi.useFakeTimers({ now: 0 })
    const key = keyFor('prepayment', wish)
    keyStands('prepayment', 'P01', HALF_AN_HOUR)
    vi.setSystemTime(HALF_AN_HOUR - 1)
    keyStands('prepayment', 'P01', HALF_AN_HOUR)
    vi.setSystemTime(HALF_AN_HOUR)
    expect(keyFor('prepayment', wish)).not.toBe(key)
  })

  test('is done with by the end of its own payment, not of another', () => {
    const key = keyFor('prepayment', wish)
    keyIsDone('prepayment', 'P01')
    expect(keyFor('prepayment', wish)).toBe(key)
    keyStands('prepayment', 'P01', HALF_AN_HOUR)
    keyIsDone('prepayment', 'P02')
    expect(keyFor('prepayment', wish)).toBe(key)
    keyIsDone('prepayment', 'P01')
    expect(keyFor('prepayment', wish)).not.toBe(key)
  })

  test('is none of another amount', () => {
    const key = keyFor('prepayment', wish)
    keyStands('prepayment', 'P01', HALF_AN_HOUR)
    expect(keyFor('prepayment', { ...wish, amount_fen: 100_000 })).not.toBe(key)
  })
})
