import { mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, test } from 'vitest'
import HpButton from '@/components/base/HpButton.vue'
import HpCard from '@/components/base/HpCard.vue'
import HpCell from '@/components/base/HpCell.vue'
import HpChoices from '@/components/base/HpChoices.vue'
import HpField from '@/components/base/HpField.vue'
import HpMoney from '@/components/base/HpMoney.vue'
import HpSwitch from '@/components/base/HpSwitch.vue'
import HpText from '@/components/base/HpText.vue'
import PrepaidCard from '@/components/PrepaidCard.vue'
import BillChoice from '@/pay/BillChoice.vue'

const global = { components: { HpMoney } }
beforeEach(() => setActivePinia(createPinia()))

describe('a button', () => {
  test('is pressed once a tap, and not while it is busy or disabled', async () => {
    const button = mount(HpButton, { slots: { default: '去缴费' } })
    await button.get('[role=button]').trigger('click')
    expect(button.emitted('press')).toHaveLength(1)
    await button.setProps({ busy: true })
    await button.get('[role=button]').trigger('click')
    await button.setProps({ busy: false, disabled: true })
    await button.get('[role=button]').trigger('click')
    expect(button.emitted('press')).toHaveLength(1)
  })

  test('is pressed by Enter and by the space bar, which scrolls nothing then', async () => {
    const button = mount(HpButton, { slots: { default: '去缴费' } })
    await button.get('[role=button]').trigger('keydown', { key: 'Enter' })
    const space = new KeyboardEvent('keydown', { key: ' ', cancelable: true })
    button.get('[role=button]').element.dispatchEvent(space)
    await button.get('[role=button]').trigger('keydown', { key: 'Tab' })
    expect(space.defaultPrevented).toBe(true)
    expect(button.emitted('press')).toHaveLength(2)
  })

  test('says that it is disabled', () => {
    const button = mount(HpButton, { props: { disabled: true } })
    expect(button.get('[role=button]').attributes('aria-disabled')).toBe('true')
  })
})

describe('a switch', () => {
  test('asks for the other state and says which it has', async () => {
    const turned = mount(HpSwitch, { props: { label: '大字版', modelValue: false } })
    expect(turned.get('[role=switch]').attributes('aria-checked')).toBe('false')
    await turned.get('[role=switch]').trigger('click')
    await turned.setProps({ modelValue: true })
    await turned.get('[role=switch]').trigger('keydown', { key: 'Enter' })
    expect(turned.emitted('update:modelValue')).toEqual([[true], [false]])
    expect(turned.get('[role=switch]').attributes('aria-checked')).toBe('true')
  })
})

describe('a row', () => {
  test('that leads nowhere is no link and cannot be pressed', async () => {
    const cell = mount(HpCell, { props: { name: '户号', value: '1000000001' } })
    await cell.get('.hp-cell').trigger('click')
    expect(cell.emitted('press')).toBeUndefined()
    expect(cell.find('[role=link]').exists()).toBe(false)
  })

  test('that leads on is a link by finger and by keyboard', async () => {
    const cell = mount(HpCell, { props: { name: '缴费记录', to: true } })
    await cell.get('[role=link]').trigger('click')
    await cell.get('[role=link]').trigger('keydown', { key: 'Enter' })
    expect(cell.emitted('press')).toHaveLength(2)
  })
})

describe('a field', () => {
  test('hands on what is written, and says what is wrong as text', async () => {
    const field = mount(HpField, { props: { label: '户号', modelValue: '', fault: '<b>户号</b>不对' } })
    field.get('input').element.dispatchEvent(new CustomEvent('input', { detail: { value: '1000000001' } }))
    expect(field.emitted('update:modelValue')?.[0]).toEqual(['1000000001'])
    expect(field.get('[role=alert]').text()).toBe('<b>户号</b>不对')
    expect(field.find('b').exists()).toBe(false)
  })
})

describe('a box for a few lines', () => {
  test('hands on what is written and says how much room is left', () => {
    const text = mount(HpText, { props: { label: '情况', modelValue: '漏水', max: 500 } })
    text.get('textarea').element.dispatchEvent(new CustomEvent('input', { detail: { value: '厨房\n漏水' } }))
    expect(text.emitted('update:modelValue')?.[0]).toEqual(['厨房\n漏水'])
    expect(text.text()).toContain('2/500')
  })
})

describe('one of a few', () => {
  test('is chosen by finger and by keyboard, and says which it is', async () => {
    const choices = [
      { value: 'leak', name: '漏水' },
      { value: 'pipe', name: '管道' },
    ]
    const few = mount(HpChoices, { props: { label: '故障类型', choices, modelValue: 'leak' } })
    const [leak, pipe] = few.findAll('[role=radio]')
    expect([leak?.attributes('aria-checked'), pipe?.attributes('aria-checked')]).toEqual(['true', 'false'])
    await pipe?.trigger('click')
    await leak?.trigger('keydown', { key: 'Enter' })
    expect(few.emitted('update:modelValue')).toEqual([['pipe'], ['leak']])
  })
})

describe('money', () => {
  test('is read as one amount', () => {
    const money = mount(HpMoney, { props: { fen: 877_218 } })
    expect(money.text().replace(/\s/g, '')).toBe('¥8,772.18')
  })
})

describe('a bill to choose', () => {
  const due = { principal_fen: 301_478, late_fee_fen: 62_716, discount_fen: 0, total_fen: 364_194, overdue: true, overdue_days: 10 }
  const bill = { bill_no: 'B2024A1000000002', season: '2024-2025', kind: 'prior_arrears', due_on: '2024-12-31', status: 'issued', due }

  test('says what it is, what it costs today, and whether it is chosen', async () => {
    const choice = mount(BillChoice as never, { props: { bill, chosen: true }, global } as never)
    const box = choice.get('[role=checkbox]')
    expect(box.attributes('aria-checked')).toBe('true')
    expect(box.attributes('aria-label')).toContain('往年欠费')
    expect(choice.text()).toContain('含今天的违约金')
    expect(choice.text()).toContain('3,641.94')
    await box.trigger('click')
    expect(choice.emitted('tap')).toHaveLength(1)
  })
})

describe('what is paid ahead', () => {
  const parts = { components: { HpButton, HpCard, HpCell, HpMoney } }
  const shown = (fen: number, open: boolean) => mount(PrepaidCard, { props: { fen, open }, global: parts })

  test('is shown where there is any, and more is offered where nothing is due', () => {
    expect(shown(0, false).text()).toBe('')
    expect(shown(0, true).text()).toBe('预存热费')
    expect(shown(50_000, false).text()).toMatch(/^预存款余额.*500\.00$/)
    expect(shown(50_000, true).text()).toMatch(/^预存款余额.*500\.00预存热费$/)
  })

  test('is added to by its button', async () => {
    const card = shown(0, true)
    await card.get('[role=button]').trigger('click')
    expect(card.emitted('prepay')).toHaveLength(1)
  })
})
