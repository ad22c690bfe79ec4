import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { Desk, type Household, type Person } from '../harness/desk'
import { Device, launch } from './device'

let browser: Browser
let desk: Desk
beforeAll(async () => {
  browser = await launch()
  desk = new Desk(inject('url'))
})
afterAll(() => browser.close())

async function atHome(): Promise<{ device: Device; household: Household; person: Person }> {
  const household = await desk.owing()
  const person = await desk.person(household)
  const device = await Device.of(browser, desk.url, { person })
  await device.open()
  await device.sees('应缴金额')
  return { device, household, person }
}

test('two phones pay the same bill: the second goes on with the payment of the first, and it is paid once', async () => {
  const { device: one, household } = await atHome()
  const other = await Device.of(browser, desk.url, { person: await desk.person(household) })
  await other.open()
  await other.tap('去缴费')
  await other.sees('确认支付')
  await one.tap('去缴费')
  await one.tap('确认支付')
  await one.sees('立即支付')
  await other.tap('确认支付')
  await other.sees('还没有付款')
  await one.tap('立即支付')
  await one.sees('缴费成功')
  await other.sees('缴费成功')
  expect(await desk.taken(household)).toEqual({ orders: 1, paid: household.due_fen })
  await Promise.all([one.close(), other.close()])
})

test('a bill that was paid meanwhile is not paid again', async () => {
  const { device: late, household, person } = await atHome()
  await late.tap('去缴费')
  await late.sees('确认支付')
  await person.clear(household)
  await late.tap('确认支付')
  await late.sees('热费已缴清')
  expect(await desk.taken(household)).toEqual({ orders: 1, paid: household.due_fen })
  await late.close()
})

test('who leaves at the cashier is told that he has not paid, may go on, and may cancel', async () => {
  const { device, household } = await atHome()
  await device.tap('去缴费')
  await device.tap('确认支付')
  await device.tap('取消')
  await device.sees('还没有付款')
  await device.tap('继续支付')
  await device.tap('取消')
  await device.sees('还没有付款')
  await device.tap('取消这笔缴费')
  await device.sees('这笔缴费已取消')
  await device.tap('回首页')
  await device.tap('去缴费')
  await device.tap('确认支付')
  await device.tap('立即支付')
  await device.sees('缴费成功')
  expect((await desk.taken(household)).paid).toBe(household.due_fen)
  await device.close()
})

test('WeChat Pay is down: the person is told, nothing is taken, and the next try works', async () => {
  const { device, household } = await atHome()
  await device.tap('去缴费')
  await desk.switch('wechatpay', 'down', true)
  try {
    await device.tap('确认支付')
    await device.page.getByRole('alert').filter({ visible: true }).first().waitFor({ timeout: 60_000 })
  } finally {
    await desk.switch('wechatpay', 'down', false)
  }
  await device.tap('确认支付')
  await device.tap('立即支付')
  await device.sees('缴费成功')
  expect((await desk.taken(household)).paid).toBe(household.due_fen)
  await device.close()
})

test('without a network the last figures stay with a word about it, nothing is paid, and all goes on afterwards', async () => {
  const { device, household } = await atHome()
  await device.tap('去缴费')
  await device.sees('确认支付')
  await device.context.setOffline(true)
  await device.sees('网络没有连上')
  await device.tap('确认支付')
  await device.page.getByRole('alert').filter({ visible: true }).first().waitFor({ timeout: 60_000 })
  expect((await desk.taken(household)).orders).toBe(0)
  await device.context.setOffline(false)
  await device.tap('确认支付')
  await device.tap('立即支付')
  await device.sees('缴费成功')
  await device.close()
})

test('a session that is over leads to the sign-in page, and what was seen in it is forgotten', async () => {
  const household = await desk.owing()
  const person = await desk.person(household)
  const device = await Device.of(browser, desk.url, { person })
  await device.open()
  await device.sees('应缴金额')
  await device.page.evaluate(() => {
    const item = JSON.parse(localStorage.getItem('heatpay.session') ?? '{}')
    item.data = { ...item.data, expiresAt: 0, refreshToken: 'x'.repeat(43) }
    localStorage.setItem('heatpay.session', JSON.stringify(item))
  })
  await device.open('records/payments')
  await device.sees('手机号登录')
  const phone = desk.newPhone()
  await device.write('手机号', phone)
  await device.tap('获取验证码')
  await device.sees('秒后可再发')
  await device.write('短信验证码', await desk.codeFor(phone))
  await device.tap('登录')
  await device.sees('添加我家的户号')
  const seen = await device.page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('heatpay.seen.')))
  expect(seen).toEqual([])
  await device.close()
})

test('a token that ran out is renewed once for all requests that wait for it', async () => {
  const household = await desk.owing()
  const person = await desk.person(household)
  const device = await Device.of(browser, desk.url, { person })
  const renewals: string[] = []
  device.page.on('request', (request) => {
    if (request.url().endsWith('/api/session/refresh')) renewals.push(request.url())
  })
  await device.open('pages/mine/index')
  await device.sees('缴费记录')
  await device.page.evaluate(() => {
    const item = JSON.parse(localStorage.getItem('heatpay.session') ?? '{}')
    item.data = { ...item.data, expiresAt: 0 }
    localStorage.setItem('heatpay.session', JSON.stringify(item))
  })
  await device.open('pages/bills/index')
  await device.sees('笔待缴')
  expect(renewals).toHaveLength(1)
  await device.close()
})

test('on a slow network the shape of the page comes first, and no request is sent twice', async () => {
  const household = await desk.owing()
  const device = await Device.of(browser, desk.url, { person: await desk.person(household) })
  const asked: string[] = []
  await device.page.route('**/api/**', async (route) => {
    asked.push(route.request().url())
    await new Promise((done) => setTimeout(done, 1500))
    await route.continue()
  })
  await device.open()
  await device.page.getByRole('status', { name: '正在打开' }).first().waitFor()
  await device.sees('应缴金额')
  expect(asked.filter((url) => url.includes('/home'))).toHaveLength(1)
  expect(asked).toHaveLength(1)
  await device.close()
})

test('a server that fails is answered by a sentence and another try', async () => {
  const household = await desk.owing()
  const device = await Device.of(browser, desk.url, { person: await desk.person(household) })
  await device.page.route('**/api/**', (route) => route.fulfill({ status: 502, body: '<html>bad gateway</html>' }))
  await device.open()
  await device.sees('服务暂时不可用')
  await device.page.unroute('**/api/**')
  await device.tap('再试一次')
  await device.sees('应缴金额')
  await device.close()
})
