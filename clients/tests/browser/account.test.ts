import { readFileSync } from 'node:fs'
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

async function ofTwo(): Promise<{ device: Device; person: Person; one: Household; other: Household }> {
  const [one, other] = [await desk.owing(), await desk.owing()]
  const person = await desk.person(one, other)
  return { device: await Device.of(browser, desk.url, { person }), person, one, other }
}

const yuan = (fen: number) => (fen / 100).toLocaleString('en-US', { minimumFractionDigits: 2 })

test('somebody with two households switches with one tap, and finds it so the next time', async () => {
  const { device, one, other } = await ofTwo()
  await device.open()
  await device.sees(`户号 ${one.account_no}`)
  await device.sees(yuan(one.due_fen))
  await device.page.getByRole('tab').filter({ visible: true }).nth(1).click()
  await device.sees(`户号 ${other.account_no}`)
  await device.sees(yuan(other.due_fen))
  await device.open('pages/bills/index')
  await device.sees(`户号 ${other.account_no}`)
  expect(device.complaints).toEqual([])
  await device.close()
})

test('a household that is unbound is gone, the other one stays', async () => {
  const { device, one, other } = await ofTwo()
  await device.open('account/households')
  await device.sees(one.account_no)
  await device.page.getByRole('button', { name: /^解绑 / }).first().click()
  await device.sees('解绑这个户号?')
  await device.page.getByRole('dialog').getByRole('button', { name: '解绑', exact: true }).click()
  await device.page.getByText(`户号 ${one.account_no}`).waitFor({ state: 'detached' })
  await device.open()
  await device.sees(`户号 ${other.account_no}`)
  await device.sees(yuan(other.due_fen))
  await device.close()
})

test('large text is one tap, and stays', async () => {
  const device = await Device.of(browser, desk.url)
  const size = () => device.page.locator('.page:visible').evaluate((page) => getComputedStyle(page).fontSize)
  await device.open('pages/mine/index')
  await device.sees('大字版')
  expect(await size()).toBe('16px')
  await device.tap('大字版')
  await expect.poll(size).toBe('21.6px')
  await device.open('account/privacy')
  await device.sees('您的权利')
  expect(await size()).toBe('21.6px')
  await device.close()
})

test('a person takes a copy of what is known about him, and deletes his account', async () => {
  const household = await desk.owing()
  const person = await desk.person(household)
  const device = await Device.of(browser, desk.url, { person })
  await device.open('account/data')
  const [download] = await Promise.all([device.page.waitForEvent('download'), device.tap('下载我的信息')])
  const copy = readFileSync(await download.path(), 'utf8')
  expect(copy).toContain(household.account_no)
  expect(copy).not.toContain(person.phone)
  expect(copy).not.toContain(household.holder)

  await device.tap('注销账号')
  await device.sees('真的要注销吗?')
  await device.tap('先不注销')
  await person.api('GET', '/api/account')
  await device.tap('注销账号')
  await device.tap('注销账号,不再保留')
  await device.sees('手机号登录')
  expect(await device.page.evaluate(() => localStorage.getItem('heatpay.session'))).toBeNull()
  await expect(person.api('GET', '/api/account')).rejects.toThrow(/401|404/)
  await device.close()
})

test('who signs out is signed out on the server too', async () => {
  const person = await desk.person(await desk.owing())
  const device = await Device.of(browser, desk.url, { person })
  await device.open('account/settings')
  await device.tap('退出登录')
  await device.sees('手机号登录')
  await expect(person.renew()).rejects.toThrow('401')
  await device.close()
})
