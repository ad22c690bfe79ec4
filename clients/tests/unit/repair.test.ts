import { noteOf, repairSteps, starsName, underWay } from '@/repair/words'
import { keyFor, keyIsDone } from '@/session/key'
import { describe, expect, test } from 'vitest'

const at = '2026-11-23T18:00:00Z'

describe('the way of a repair', () => {
  test('shows what is behind it with its time, and what is still to come', () => {
    const steps = repairSteps({ status: 'assigned', progress: [{ status: 'submitted', at }, { status: 'assigned', at }] })
    expect(steps.map(({ text, standing }) => [text, standing])).toEqual([
      ['已提交', 'done'],
      ['已派给维修人员', 'done'],
      ['正在维修', 'ahead'],
      ['已修好', 'ahead'],
    ])
    expect(steps.map((step) => step.at)).toEqual([at, at, undefined, undefined])
  })

  test('ends where the report was taken back', () => {
    const steps = repairSteps({ status: 'cancelled', progress: [{ status: 'submitted', at }, { status: 'cancelled', at }] })
    expect(steps.map(({ text }) => text)).toEqual(['已提交', '已取消'])
  })

  test('is followed as long as somebody may still come', () => {
    expect((['submitted', 'assigned', 'working', 'done', 'rated', 'cancelled'] as const).map((status) => underWay({ status }))).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ])
  })
})

test('a report in the list has its day in China and how its words begin', () => {
  expect(noteOf({ reported_at: at, text: '阀门\n滴水' })).toBe('2026-11-24 · 阀门 滴水')
  expect(noteOf({ reported_at: at, text: '客厅和北卧室暖气都不热' })).toBe('2026-11-24 · 客厅和北卧室暖气…')
})

test('stars have a name', () => {
  expect([5, 1, 0].map(starsName)).toEqual(['很满意', '很不满意', ''])
})

test('a wish has one key until it is known how it stands, and a payment none of a report', () => {
  const wish = { text: '漏水' }
  const key = keyFor('repair', wish)
  expect(keyFor('repair', wish)).toBe(key)
  expect(keyFor('payment', wish)).not.toBe(key)
  expect(keyFor('repair', { text: '不热' })).not.toBe(key)
  const again = keyFor('repair', wish)
  keyIsDone('repair')
  expect(keyFor('repair', wish)).not.toBe(again)
})
