import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { Desk } from '../harness/desk'
import { Device, launch } from './device'

let browser: Browser
let desk: Desk
beforeAll(async () => {
  browser = await launch()
  desk = new Desk(inject('url'))
})
afterAll(() => browser.close())

test('somebody new signs in, adds his household, pays in four steps and has his invoice', async () => {
  const household = await desk.owing()
  const phone = desk.newPhone()
  const device = await Device.of(browser, desk.url)
  await device.open()
  await device.tap('手机号登录')
  await device.write('手机号', phone)
  await device.tap('我已阅读并同意隐私保护指引')
  await device.tap('获取验证码')
  await device.sees('秒后可再发')
  await device.write('短信验证码', await desk.codeFor(phone))
  await device.tap('登录')
  await device.sees('添加我家的户号')
  await device.write('户号', household.account_no)
  await device.write('户主姓名', household.holder)
  await device.write('后 4 位', household.phone_last4)
  await device.tap('添加')
  await device.sees('应缴金额')

  device.taps = 0
  await device.tap('去缴费')
  await device.tap('确认支付')
  await device.tap('立即支付')
  await device.sees('缴费成功')
  await device.tap('查看电子发票和凭证')
  expect(device.taps).toBeLessThanOrEqual(4)
  await device.sees('已开具')

  await device.open('records/invoices')
  await device.tap(/热费|采暖季/)
  await device.sees('发票已开好')
  const [download] = await Promise.all([device.page.waitForEvent('download'), device.tap('查看发票(PDF)')])
  expect(download.suggestedFilename()).toMatch(/^热费发票-\d{20}\.pdf$/)
  await device.open()
  await device.sees('热费已缴清')
  expect(device.complaints).toEqual([])
  await device.close()
})
