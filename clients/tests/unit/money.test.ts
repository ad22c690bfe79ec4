import { day, moment, shortDay, spokenYuan, sum, yuan } from '@heatpay/shared'
import { describe, expect, test } from 'vitest'

describe('an amount', () => {
  test.each([
    [0, '0.00'],
    [5, '0.05'],
    [50, '0.50'],
    [100, '1.00'],
    [223_800, '2,238.00'],
    [100_000_000, '1,000,000.00'],
    [-4476, '-44.76'],
    [Number.MAX_SAFE_INTEGER, '90,071,992,547,409.91'],
  ])('%i fen is written %s', (fen, written) => expect(yuan(fen)).toBe(written))

  test.each([0.5, Number.NaN, Infinity, Number.MAX_SAFE_INTEGER + 1])('%d is no amount in fen', (fen) =>
    expect(() => yuan(fen)).toThrow(RangeError),
  )

  test('every amount is read back as it was', () => {
    for (let fen = -250_000; fen <= 250_000; fen += 37) expect(Math.round(Number(yuan(fen).replaceAll(',', '')) * 100)).toBe(fen)
  })

  test.each([
    [223_800, '2238元'],
    [223_850, '2238.50元'],
    [1_000_000, '10000元'],
    [7, '0.07元'],
    [-4476, '-44.76元'],
  ])('%i fen is said %s', (fen, said) => expect(spokenYuan(fen)).toBe(said))

  test('amounts add up', () => expect(sum([1, 2, 39])).toBe(42))
})

describe('a day', () => {
  test('is read in Chinese, without leading noughts', () => expect(day('2026-12-01')).toBe('2026年12月1日'))
  test('may be read without its year', () => expect(shortDay('2026-12-31')).toBe('12月31日'))
  test('a moment is shown as clocks in China show it', () => {
    expect(moment('2026-12-31T16:30:00Z')).toBe('2027-01-01 00:30')
    expect(moment('2026-11-25T01:02:03.456Z')).toBe('2026-11-25 09:02')
  })
})
