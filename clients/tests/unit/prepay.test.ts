import { OFFERED, amountFault, fenOf, inYuan } from '@/pay/amount'
import { isAhead, wordsFor } from '@/pay/words'
import { paymentNote, paymentStanding, paymentTitle } from '@/records/words'
import { describe, expect, test } from 'vitest'

describe('an amount to pay ahead', () => {
  test.each([
    ['1', 100],
    ['88.8', 8_880],
    ['88.80', 8_880],
    ['0.07', 7],
    ['1.15', 115],
    ['12.', 1_200],
    [' 10000 ', 1_000_000],
    ['99999999.99', 9_999_999_999],
  ])('written %s is %i fen', (written, fen) => expect(fenOf(written)).toBe(fen))

  test.each(['', ' ', '.', '.5', '-1', '+1', '1e3', '1,000', '0x10', '12.345', '1 000', '一百', '\uff11', '123456789', '1.2.3', 'NaN'])(
    'written %s is none',
    (written) => {
      expect(fenOf(written)).toBeNull()
      expect(amountFault(written)).toBe('请填写金额,最多两位小数')
    },
  )

  test('every fen that can be written is read as it is', () => {
    for (let fen = 0; fen <= 1_000_000; fen += 37) {
      expect(fenOf(`${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`)).toBe(fen)
    }
  })

  test('is 1 yuan to 10,000, both included', () => {
    expect(['1', '1.00', '10000', '10000.00'].map(amountFault)).toEqual(['', '', '', ''])
    expect(['0', '0.99', '10000.01'].map(amountFault)).toEqual(Array(3).fill('请填写 1 元到 10,000 元'))
  })

  test('on a button is in whole yuan, and can be paid', () => {
    expect(OFFERED.map(inYuan)).toEqual(['500 元', '1,000 元', '2,000 元'])
    expect(OFFERED.map((fen) => amountFault(String(fen / 100)))).toEqual(['', '', ''])
  })
})

test('of money paid ahead no page speaks of a bill that is paid, or of an invoice', () => {
  expect(isAhead(null)).toBe(false)
  expect(isAhead({ prepaid_fen: 0 })).toBe(false)
  expect(isAhead({ prepaid_fen: 1 })).toBe(true)
  expect(Object.values(wordsFor(true)).filter((words) => /发票|缴清|缴费/.test(words))).toEqual([])
  expect(wordsFor(false).receipt).toContain('电子发票')
})

describe('in the list of payments', () => {
  const bill = { bill_no: 'B1', season: '2026-2027', principal_fen: 1, late_fee_fen: 0, discount_fen: 0, refunded_fen: 0, refunding_fen: 0 }
  const of = { status: 'paid', created_at: '2026-11-25T01:02:03Z', prepaid_refunded_fen: 0, prepaid_refunding_fen: 0 } as const
  const ahead = { ...of, channel: 'wechatpay', prepaid_fen: 100_000, bills: [] } as const
  const drawn = { ...of, channel: 'prepayment', prepaid_fen: 0, bills: [bill] } as const
  const shown = (row: typeof ahead | typeof drawn) => [paymentTitle(row), paymentNote(row), paymentStanding(row).text]

  test('money paid ahead is named so', () => expect(shown(ahead)).toEqual(['预存热费', '2026-11-25 09:02 · 微信支付', '已预存']))

  test('a bill that drew on it is the bill’s season', () =>
    expect(shown(drawn)).toEqual(['2026-2027采暖季', '2026-11-25 09:02 · 预存款抵扣', '已抵扣']))

  test('what went back of it, and what is on its way, is said', () => {
    expect(paymentNote({ ...ahead, prepaid_refunded_fen: 50_000 })).toBe('2026-11-25 09:02 · 微信支付 · 已退 500.00 元')
    expect(paymentNote({ ...ahead, prepaid_refunded_fen: 1, prepaid_refunding_fen: 2 })).toMatch(/已退 0\.01 元 · 退款中 0\.02 元$/)
  })

  test('what is not paid stands as any other payment', () => {
    expect(paymentStanding({ ...ahead, status: 'pending' }).text).toBe('待付款')
    expect(paymentStanding({ status: 'paid', prepaid_fen: 0, channel: 'alipay' }).text).toBe('已缴费')
    expect(paymentStanding({ status: 'paid', prepaid_fen: 0 }).text).toBe('已缴费')
  })
})
