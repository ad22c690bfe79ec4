import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { Desk } from '../harness/desk'
import { Device, launch } from './device'

/** Markup that marks the window once it is taken for markup. */
const ATTACK = '<img src=x onerror="window.struck=1">'

let browser: Browser
let desk: Desk
beforeAll(async () => {
  browser = await launch()
  desk = new Desk(inject('url'))
})
afterAll(() => browser.close())

/** The text is nowhere taken for markup. */
async function staysText(device: Device): Promise<void> {
  const struck = await device.page.evaluate(() => (window as { struck?: number }).struck ?? document.querySelectorAll('img[src="x"]').length)
  expect(struck).toBe(0)
  expect(device.complaints).toEqual([])
}

/** Writes the attack into every field the page shows, as long as each takes it. */
async function attackFields(device: Device): Promise<number> {
  const inputs = device.page.locator('.hp-field:visible :is(input, textarea)')
  const count = await inputs.count()
  for (let at = 0; at < count; at += 1) {
    const input = inputs.nth(at)
    const room = await input.evaluate((element: HTMLInputElement) => {
      if (element instanceof HTMLInputElement) element.setAttribute('type', 'text')
      return element.maxLength
    })
    await input.fill(room < 0 ? ATTACK : ATTACK.slice(0, room))
  }
  return count
}

test('markup in the fields of sign-in and binding stays text', async () => {
  const device = await Device.of(browser, desk.url)
  await device.open('account/sign-in')
  await device.sees('获取验证码')
  expect(await attackFields(device)).toBe(2)
  await device.tap('登录')
  await device.sees('请填写 11 位手机号')
  await staysText(device)
  await device.close()

  const person = await desk.person()
  const everywhere = await Device.of(browser, desk.url, { person })
  await everywhere.open('account/bind')
  await everywhere.sees('户主姓名')
  expect(await attackFields(everywhere)).toBe(3)
  await everywhere.tap('添加')
  await everywhere.sees('请填写户号')
  await staysText(everywhere)
  await everywhere.close()

  const sent = await Device.of(browser, desk.url, { person })
  await sent.open('account/bind')
  await sent.write('户号', '1000000001')
  await sent.write('户主姓名', ATTACK)
  await sent.write('后 4 位', '1234')
  await sent.tap('添加')
  await sent.sees('不一致')
  await staysText(sent)
  await sent.close()
})

test('markup as an invoice title is refused in a sentence', async () => {
  const household = await desk.owing()
  const device = await Device.of(browser, desk.url, { person: await desk.person(household) })
  await device.open()
  await device.tap('去缴费')
  await device.tap(/发票抬头/)
  await device.tap('单位')
  expect(await attackFields(device)).toBe(3)
  await staysText(device)
  await device.tap('确认支付')
  await device.sees('名称里不能有 < 或 >')
  await staysText(device)
  await device.close()
})

test('markup as an amount to pay ahead is no amount', async () => {
  const household = await desk.owing()
  const person = await desk.person(household)
  await person.clear(household)
  const device = await Device.of(browser, desk.url, { person })
  await device.open('pay/prepay')
  await device.tap('其他金额')
  expect(await attackFields(device)).toBe(1)
  await device.tap('确认支付')
  await device.sees('请填写金额,最多两位小数')
  await staysText(device)
  await device.close()
})

test('markup in a report, its place and its rating stays text, and is sent as it is', async () => {
  const household = await desk.owing()
  const person = await desk.person(household)
  const device = await Device.of(browser, desk.url, { person })
  await device.open('repair/report')
  await device.sees('故障类型')
  await device.tap('其他')
  expect(await attackFields(device)).toBe(2)
  await device.tap('提交报修')
  await device.sees('报修内容')
  await device.sees(ATTACK)
  await staysText(device)
  const { items } = await person.api<{ items: { repair_no: string; text: string }[] }>('GET', `/api/households/${household.account_no}/repairs`)
  expect(items[0]?.text).toBe(ATTACK)
  await desk.mend(household, items[0]?.repair_no ?? '')
  await device.open(`repair/repair?no=${items[0]?.repair_no}`)
  await device.tap('很满意')
  expect(await attackFields(device)).toBe(1)
  await device.tap('提交评价')
  await device.sees('您的评价')
  await staysText(device)
  await device.open('repair/repairs')
  await device.sees('已评价')
  await staysText(device)
  await device.close()
})

test.each([
  ['pay/result?no=', '没有查到这笔缴费'],
  ['pay/waiting?no=', '付款结果还在确认'],
  ['pay/confirm?bills=', '确认支付'],
  ['records/bill?no=', '账单没有打开'],
  ['records/payment?no=', '缴费凭证没有打开'],
  ['records/invoice?no=', '发票没有打开'],
  ['repair/repair?no=', '报修没有打开'],
])('markup in the address bar stays text: %s', async (path, says) => {
  const device = await Device.of(browser, desk.url, { person: await desk.person(await desk.owing()) })
  await device.open(path + encodeURIComponent(ATTACK))
  await device.sees(says)
  await staysText(device)
  await device.close()
})
