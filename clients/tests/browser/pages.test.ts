import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { Desk, type Household, type Person } from '../harness/desk'
import { ROOT } from '../harness/suite'
import { Device, type Wanted, launch } from './device'

/** Where the pictures of this run go; none are taken where it is not set. */
const PICTURES = process.env['PICTURES']

interface Page {
  readonly path: (life: Life) => string
  /** What it says once it is there. */
  readonly says: string
  readonly signedOut?: boolean
  /** It is about the household that owes. */
  readonly owing?: boolean
}

/** Every page, with something to show; one that shows very different things is there once more, with a word behind its path. */
const PAGES: Readonly<Record<string, Page>> = {
  'pages/home/index': { path: () => 'pages/home/index', says: '应缴金额', owing: true },
  'pages/home/index paid ahead': { path: () => 'pages/home/index', says: '预存款余额' },
  'pages/bills/index': { path: () => 'pages/bills/index', says: '笔待缴', owing: true },
  'pages/mine/index': { path: () => 'pages/mine/index', says: '缴费记录' },
  'pay/confirm': { path: ({ owedBill }) => `pay/confirm?bills=${owedBill}`, says: '确认支付', owing: true },
  'pay/prepay': { path: () => 'pay/prepay', says: '预存多少' },
  'pay/result': { path: ({ paid }) => `pay/result?no=${paid}`, says: '缴费成功' },
  'pay/result paid ahead': { path: ({ ahead }) => `pay/result?no=${ahead}`, says: '预存成功' },
  'pay/waiting': { path: ({ closing }) => `pay/waiting?no=${closing}`, says: '正在' },
  'pay/waiting paid ahead': { path: ({ closing }) => `pay/waiting?no=${closing}&ahead=1`, says: '预存款余额会自动增加' },
  'records/bill': { path: ({ owedBill }) => `records/bill?no=${owedBill}`, says: '热费怎么算出来的', owing: true },
  'records/payments': { path: () => 'records/payments', says: '微信支付' },
  'records/payment': { path: ({ paid }) => `records/payment?no=${paid}`, says: '缴费明细' },
  'records/payment paid ahead': { path: ({ ahead }) => `records/payment?no=${ahead}`, says: '预存款不开发票' },
  'records/invoices': { path: () => 'records/invoices', says: '已开具' },
  'records/invoice': { path: ({ invoice }) => `records/invoice?no=${invoice}`, says: '发票已开好' },
  'records/refunds': { path: () => 'records/refunds', says: '原路退回' },
  'repair/repairs': { path: () => 'repair/repairs', says: '已修好' },
  'repair/repair': { path: ({ repair }) => `repair/repair?no=${repair}`, says: '修得怎么样' },
  'repair/report': { path: () => 'repair/report', says: '故障类型' },
  'account/sign-in': { path: () => 'account/sign-in', says: '获取验证码', signedOut: true },
  'account/bind': { path: () => 'account/bind', says: '户主姓名' },
  'account/households': { path: () => 'account/households', says: '解绑' },
  'account/settings': { path: () => 'account/settings', says: '退出登录' },
  'account/privacy': { path: () => 'account/privacy', says: '隐私', signedOut: true },
  'account/data': { path: () => 'account/data', says: '注销账号' },
}

const LOOKS: Readonly<Record<string, Wanted>> = {
  'a small phone with large text': { width: 320, height: 640, large: true },
  'a phone': {},
  'a dark phone': { dark: true },
  'a tablet in the dark with large text': { width: 820, height: 1180, dark: true, large: true },
  'a computer': { width: 1280, height: 900, desktop: true },
}

/** A person with two households: one owes, of one he paid, has the invoice, got money back that had come amiss, and paid ahead. */
interface Life {
  readonly person: Person
  readonly owing: Household
  readonly owedBill: string
  readonly paid: string
  readonly ahead: string
  readonly closing: string
  readonly invoice: string
  readonly repair: string
}

let browser: Browser
let desk: Desk
let life: Life
beforeAll(async () => {
  browser = await launch()
  desk = new Desk(inject('url'))
  life = await lived()
})
afterAll(() => browser.close())

type Order = { readonly payment_no: string }

async function lived(): Promise<Life> {
  const [paying, owing] = [await desk.owing(), await desk.owing()]
  const person = await desk.person(paying, owing)
  const amiss = await order(person, paying, 'amiss')
  await desk.call('POST', `/sandbox/api/wechatpay/orders/${amiss}/pay`, { wrong_by_fen: 100 })
  await become(person, amiss, 'rejected')
  const paid = await order(person, paying, 'paid')
  await desk.call('POST', `/sandbox/api/wechatpay/orders/${paid}/pay`, {})
  await become(person, paid, 'paid')
  const made = await person.api<{ invoice_no: string }>('POST', '/api/invoices', { payment_no: paid, title: {} })
  const issued = async () => (await person.api<{ status: string }>('GET', `/api/invoices/${made.invoice_no}`)).status
  await vi.waitUntil(async () => (await issued()) === 'issued', { timeout: 30_000 })
  const refunds = async () => (await person.api<{ items: unknown[] }>('GET', `/api/households/${paying.account_no}/refunds`)).items.length
  await vi.waitUntil(async () => (await refunds()) === 1, { timeout: 30_000 })
  const ahead = await person.prepay(paying, 100_000)
  const owedBill = (await billsOf(person, owing))[0] ?? ''
  const closing = await order(person, owing, 'closing')
  const repair = await mended(person, paying)
  return { person, owing, owedBill, paid, ahead, closing, invoice: made.invoice_no, repair }
}

/** A fault that was reported with photos and is mended, beside one that is taken back. */
async function mended(person: Person, household: Household): Promise<string> {
  const report = async (key: string, body: object) => {
    const headers = { 'Idempotency-Key': `${key}-${household.account_no}` }
    return (await person.api<{ repair_no: string }>('POST', '/api/repairs', { account_no: household.account_no, ...body }, headers)).repair_no
  }
  const place = { address: '3 号楼 2 单元地下室阀门井旁', point: { longitude: '117.200983', latitude: '39.084158' } }
  const repair = await report('cold', { category: 'not_warm', text: '客厅和北卧室暖气都不热,\n室温只有 15 度,楼上楼下都正常。', place })
  for (const name of ['told.jpg', 'told.png', 'told.webp']) await person.upload(`/api/repairs/${repair}/photos`, name)
  const other = await report('leak', { category: 'leak', text: '阀门滴水' })
  await person.api('POST', `/api/repairs/${other}/cancel`)
  await desk.mend(household, repair)
  return repair
}

async function billsOf(person: Person, household: Household): Promise<string[]> {
  type Home = { bills: { bill_no: string; status: string }[] }
  const { bills } = await person.api<Home>('GET', `/api/households/${household.account_no}/home`)
  return bills.filter(({ status }) => status === 'issued').map(({ bill_no }) => bill_no)
}

async function order(person: Person, household: Household, key: string): Promise<string> {
  const body = { account_no: household.account_no, bill_nos: await billsOf(person, household), channel: 'wechatpay', scene: 'native' }
  const headers = { 'Idempotency-Key': `${key}-${household.account_no}` }
  return (await person.api<Order>('POST', '/api/payments', body, headers)).payment_no
}

async function become(person: Person, paymentNo: string, status: string): Promise<void> {
  const now = async () => (await person.api<{ status: string }>('GET', `/api/payments/${paymentNo}`)).status
  await vi.waitUntil(async () => (await now()) === status, { timeout: 20_000 })
}

/** Shows the household that has what the page is about. */
async function opened(device: Device, name: string): Promise<void> {
  const { path, says, owing } = PAGES[name] as Page
  const about = owing ? life.owing.account_no : null
  await device.context.addInitScript((account) => {
    const item = JSON.parse(localStorage.getItem('heatpay.session') ?? 'null')
    if (item === null) return
    item.data = { ...item.data, chosen: account ?? item.data.households[0].account_no }
    localStorage.setItem('heatpay.session', JSON.stringify(item))
  }, about)
  await device.open(path(life))
  await device.sees(says)
}

test('every page of the residents is looked at here', () => {
  type Pages = { pages: { path: string }[]; subPackages: { root: string; pages: { path: string }[] }[] }
  const { pages, subPackages } = JSON.parse(readFileSync(join(ROOT, 'clients/miniprogram/src/pages.json'), 'utf8')) as Pages
  const all = [...pages.map(({ path }) => path), ...subPackages.flatMap(({ root, pages }) => pages.map(({ path }) => `${root}/${path}`))]
  expect([...new Set(Object.keys(PAGES).map((name) => name.split(' ')[0]))].sort()).toEqual(all.sort())
})

describe.each(Object.entries(LOOKS))('on %s', (look, wanted) => {
  test.each(Object.entries(PAGES))('%s keeps nobody out, fits, and has room for a finger', async (name, { signedOut }) => {
    const device = await Device.of(browser, desk.url, signedOut ? wanted : { ...wanted, person: life.person })
    await opened(device, name)
    if (PICTURES) await picture(device, `${name.replaceAll(/[/ ]/g, '-')}.${look.replaceAll(' ', '-')}`)
    expect(await device.barriers()).toEqual([])
    expect(await device.overflow()).toBe(0)
    expect(await device.smallTargets()).toEqual([])
    expect(device.complaints).toEqual([])
    await device.close()
  })
})

async function picture(device: Device, name: string): Promise<void> {
  mkdirSync(PICTURES as string, { recursive: true })
  await device.page.screenshot({ path: join(PICTURES as string, `${name}.png`), fullPage: true, animations: 'disabled' })
}
