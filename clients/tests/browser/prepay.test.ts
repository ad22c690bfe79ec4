import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { Desk, type Household, type Person } from '../harness/desk'
import { Device, type Wanted, launch } from './device'

let browser: Browser
let desk: Desk
beforeAll(async () => {
  browser = await launch()
  desk = new Desk(inject('url'))
})
afterAll(() => browser.close())

interface Cleared {
  readonly device: Device
  readonly household: Household
  readonly person: Person
}

/** Somebody whose bills are all paid. */
async function cleared(wanted: Wanted = {}): Promise<Cleared> {
  const household = await desk.owing()
  const person = await desk.person(household)
  await person.clear(household)
  return { device: await Device.of(browser, desk.url, { ...wanted, person }), household, person }
}

test('who owes nothing pays ahead in four steps, and has it on the home page, without an invoice', async () => {
  const { device, household } = await cleared()
  await device.open()
  await device.sees('热费已缴清')
  expect(await device.text()).not.toContain('预存款余额')

  device.taps = 0
  await device.tap('预存热费')
  await device.tap('1,000 元')
  await device.tap('确认支付')
  await device.tap('立即支付')
  await device.sees('预存成功')
  expect(device.taps).toBeLessThanOrEqual(4)
  expect(await device.text()).not.toContain('发票')
  expect(await desk.taken(household)).toEqual({ orders: 2, paid: household.due_fen + 100_000 })

  await device.tap('查看预存凭证')
  await device.sees('预存款不开发票')
  await expect(device.page.getByRole('button', { name: '开电子发票' }).filter({ visible: true }).count()).resolves.toBe(0)
  await device.open('records/payments')
  await device.sees('已预存')
  await device.open()
  await device.sees('预存款余额')
  await device.sees('1,000.00')
  expect(device.complaints).toEqual([])
  await device.close()
})

test('who owes is asked to pay that first, and offered nothing else', async () => {
  const household = await desk.owing()
  const device = await Device.of(browser, desk.url, { person: await desk.person(household) })
  await device.open()
  await device.sees('应缴金额')
  expect(await device.text()).not.toContain('预存')
  await device.open('pay/prepay')
  await device.sees('请先缴清账单,再预存。')
  expect(await device.text()).not.toContain('确认支付')
  await device.tap('去缴费')
  await device.sees('要缴的账单')
  await device.close()
})

test('an amount of one’s own has two decimals at most and its bounds, and fits a small screen with large text', async () => {
  const { device, household } = await cleared({ width: 320, height: 640, large: true })
  await device.open('pay/prepay')
  await device.tap('确认支付')
  await device.sees('请选一个金额')
  await device.tap('其他金额')
  for (const [written, says] of [
    ['', '请填写金额,最多两位小数'],
    ['12.345', '请填写金额,最多两位小数'],
    ['0.99', '请填写 1 元到 10,000 元'],
    ['10000.01', '请填写 1 元到 10,000 元'],
  ] as const) {
    await device.write('金额', written)
    await device.tap('确认支付')
    await device.sees(says)
  }
  expect(await device.barriers()).toEqual([])
  expect(await device.overflow()).toBe(0)
  expect(await device.smallTargets()).toEqual([])
  await device.write('金额', '88.8')
  await device.sees('88.80')
  await device.tap('确认支付')
  await device.tap('立即支付')
  await device.sees('预存成功')
  expect(await desk.taken(household)).toEqual({ orders: 2, paid: household.due_fen + 8_880 })
  expect(device.complaints).toEqual([])
  await device.close()
})

test('more than the company takes is refused in its own sentence', async () => {
  const { device, household, person } = await cleared()
  await person.prepay(household, 950_000)
  await device.open('pay/prepay')
  await device.tap('1,000 元')
  await device.tap('确认支付')
  await device.sees('预存款最多 10,000.00 元,现有余额 9,500.00 元。')
  expect((await desk.taken(household)).orders).toBe(2)
  await device.close()
})

test('the answer is lost on the way: it is asked for again under the same key, and there is one order', async () => {
  const { device, household } = await cleared()
  const keys: (string | undefined)[] = []
  await device.page.route('**/api/prepayments', async (route) => {
    keys.push(route.request().headers()['idempotency-key'])
    if (keys.length > 1) return route.continue()
    await route.fetch()
    return route.abort()
  })
  await device.open('pay/prepay')
  await device.tap('500 元')
  await device.tap('确认支付')
  await device.tap('立即支付')
  await device.sees('预存成功')
  expect(keys).toHaveLength(2)
  expect(new Set(keys).size).toBe(1)
  expect(await desk.taken(household)).toEqual({ orders: 2, paid: household.due_fen + 50_000 })
  await device.close()
})

test('who paid, did not see it, and asks for the same again is shown what he paid; the next wish is a new one', async () => {
  const { device, household } = await cleared()
  let made = { payment_no: '' }
  await device.page.route('**/api/prepayments', async (route) => {
    const response = await route.fetch()
    made = (await response.json()) as typeof made
    await route.fulfill({ response })
  })
  await device.open('pay/prepay')
  await device.tap('500 元')
  await device.tap('确认支付')
  await device.sees('立即支付')
  await desk.call('POST', `/sandbox/api/wechatpay/orders/${made.payment_no}/pay`, {})
  await device.open('pay/prepay')
  await device.tap('500 元')
  await device.tap('确认支付')
  await device.sees('预存成功')
  expect(await desk.taken(household)).toEqual({ orders: 2, paid: household.due_fen + 50_000 })

  await device.open('pay/prepay')
  await device.tap('500 元')
  await device.tap('确认支付')
  await device.tap('立即支付')
  await device.sees('预存成功')
  expect(await desk.taken(household)).toEqual({ orders: 3, paid: household.due_fen + 100_000 })
  await device.close()
})

test('who leaves at the cashier may cancel, and nothing is taken', async () => {
  const { device, household } = await cleared()
  await device.open('pay/prepay')
  await device.tap('2,000 元')
  await device.tap('确认支付')
  await device.tap('取消')
  await device.sees('还没有付款')
  await device.tap('取消这笔预存')
  await device.sees('这笔预存已取消')
  expect(await device.text()).not.toContain('账单')
  await device.tap('回首页')
  await device.sees('热费已缴清')
  expect((await desk.taken(household)).paid).toBe(household.due_fen)
  await device.close()
})

test('a bill that drew on the balance says so in the list and on its receipt, where an invoice is offered', async () => {
  const { device, household } = await cleared()
  await device.page.route(`**/api/households/${household.account_no}/payments*`, async (route) => {
    const response = await route.fetch()
    const page = (await response.json()) as { payments: object[] }
    const payments = page.payments.map((payment) => ({ ...payment, channel: 'prepayment' }))
    await route.fulfill({ response, json: { ...page, payments } })
  })
  await device.open('records/payments')
  await device.sees(/· 预存款抵扣/)
  await device.tap(/已抵扣/)
  await device.sees('付款方式')
  await device.sees('预存款抵扣')
  await device.tap('开电子发票')
  await device.tap('申请开票')
  await device.sees(/开票中|已开具/)
  expect(device.complaints).toEqual([])
  await device.close()
})
