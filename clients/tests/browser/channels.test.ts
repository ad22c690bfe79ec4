import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { Desk } from '../harness/desk'
import { Device, type Wanted, launch } from './device'

let browser: Browser
let desk: Desk
beforeAll(async () => {
  browser = await launch()
  desk = new Desk(inject('url'))
})
afterAll(() => browser.close())

/** Somebody who is about to confirm what he pays. */
async function confirming(wanted: Wanted = {}): Promise<Device> {
  const device = await Device.of(browser, desk.url, { ...wanted, person: await desk.person(await desk.owing()) })
  await device.open()
  await device.tap('去缴费')
  await device.sees('由微信支付收款')
  return device
}

test.each([
  ['a phone', {}],
  ['a computer', { desktop: true, width: 1280 }],
] satisfies [string, Wanted][])("on %s who chooses Alipay pays on its page, and comes back to what became of it", async (_, wanted) => {
  const device = await confirming(wanted)
  await device.tap('支付宝')
  await device.sees('由支付宝收款')
  await device.tap('确认支付')
  await device.sees('订单号')
  const paymentNo = /订单号 (\w+)/.exec((await device.page.textContent('body')) ?? '')?.[1]
  await device.tap('确认付款')
  await device.sees('支付成功')
  // As Alipay sends the browser back to the company's page.
  await device.open(`pay/result?charset=utf-8&out_trade_no=${paymentNo}&trade_no=1`)
  await device.sees('缴费成功')
  await device.open('records/payments')
  await device.sees(/· 支付宝/)
  expect(device.complaints).toEqual([])
  await device.close()
})

test("who chooses UnionPay is sent by its form to its page, and what became of it is in the records", async () => {
  const device = await confirming()
  await device.tap('银联')
  await device.sees('由银联收款')
  await device.tap('确认支付')
  await device.sees('银联(沙箱)')
  await device.tap('确认支付')
  await device.sees('支付成功')
  await device.tap('返回商户')
  await device.sees('支付结果以缴费记录为准')
  await device.open('records/payments')
  await device.sees(/· 银联/)
  await device.sees('已缴费')
  expect(device.complaints).toEqual([])
  await device.close()
})
