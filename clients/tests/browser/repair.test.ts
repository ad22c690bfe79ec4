import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { Desk } from '../harness/desk'
import { ROOT } from '../harness/suite'
import { Device, launch } from './device'

let browser: Browser
let desk: Desk
beforeAll(async () => {
  browser = await launch()
  desk = new Desk(inject('url'))
})
afterAll(() => browser.close())

const photo = (name: string) => join(ROOT, 'tests/vectors/photos', name)

async function choosePhotos(device: Device, ...names: string[]): Promise<void> {
  const chooser = device.page.waitForEvent('filechooser')
  await device.tap('拍照或选照片')
  await (await chooser).setFiles(names.map(photo))
}

type Repair = { repair_no: string; photos: string[]; place: { address: string; longitude: string | null } | null }

test('a fault is reported with photos, followed to its end, and rated', async () => {
  const household = await desk.quiet()
  const person = await desk.person(household)
  const device = await Device.of(browser, desk.url, { person })
  await device.open('pages/mine/index')
  await device.tap(/报修/)
  await device.sees('还没有报修')
  await device.tap('我要报修')
  await device.tap('提交报修')
  await device.sees('请选一项')
  await device.sees('请写一下故障情况')
  await device.tap('不热')
  await device.write('情况', '客厅暖气不热')
  await choosePhotos(device, 'told.jpg', 'told.png')
  await device.sees('去掉')
  await device.write('故障在哪里', '3 号楼地下室')
  await device.tap('提交报修')
  await device.sees('报修内容')
  await device.sees('3 号楼地下室')
  await device.page.getByRole('button', { name: '第 2 张照片,点开看大图' }).waitFor()

  const { items } = await person.api<{ items: Repair[] }>('GET', `/api/households/${household.account_no}/repairs`)
  expect(items).toHaveLength(1)
  const repair = items[0] as Repair
  expect(repair.photos).toHaveLength(2)
  expect(repair.place).toEqual({ address: '3 号楼地下室', longitude: null, latitude: null })

  await desk.mend(household, repair.repair_no, ['dispatched', 'started'])
  await device.open(`repair/repair?no=${repair.repair_no}`)
  await device.sees('维修中')
  expect(await device.page.getByRole('button', { name: '取消报修' }).count()).toBe(0)
  await desk.mend(household, repair.repair_no, ['finished'])
  await device.open(`repair/repair?no=${repair.repair_no}`)
  await device.tap('提交评价')
  await device.sees('请选一项')
  await device.tap('满意')
  await device.write('想说的话', '修得快')
  await device.tap('提交评价')
  await device.sees('您的评价')
  await device.sees('修得快')
  expect(device.complaints).toEqual([])
  await device.close()
})

test('the report stands where a photo does not arrive, and the photo is sent again', async () => {
  const household = await desk.quiet()
  const person = await desk.person(household)
  const device = await Device.of(browser, desk.url, { person })
  await device.open('repair/report')
  await device.tap('漏水')
  await device.sees('请先关阀门')
  await device.write('情况', '阀门滴水')
  await choosePhotos(device, 'told.webp')
  await device.sees('去掉')
  await device.page.route('**/photos', (route) => route.abort())
  await device.tap('提交报修')
  await device.sees('还有 1 张照片没有传上去')
  await device.page.unroute('**/photos')
  await device.tap('再传一次')
  await device.sees('报修内容')
  await device.page.getByRole('button', { name: '第 1 张照片,点开看大图' }).waitFor()
  const { items } = await person.api<{ items: Repair[] }>('GET', `/api/households/${household.account_no}/repairs`)
  expect(items.map(({ photos }) => photos.length)).toEqual([1])

  await device.tap('取消报修')
  await device.sees('取消这次报修吗')
  await device.tap('取消报修')
  await device.sees('已取消')
  expect(device.complaints).toEqual([])
  await device.close()
})

test('an answer that is lost on the way does not make two reports', async () => {
  const household = await desk.quiet()
  const person = await desk.person(household)
  const device = await Device.of(browser, desk.url, { person })
  await device.open('repair/report')
  await device.tap('管道')
  await device.write('情况', '楼道管道漏水')
  await device.page.route('**/api/repairs', async (route) => {
    await route.fetch()
    await route.abort()
  })
  await device.tap('提交报修')
  await device.sees('网络没有连上')
  await device.page.unroute('**/api/repairs')
  await device.tap('提交报修')
  await device.sees('报修内容')
  const { items } = await person.api<{ items: Repair[] }>('GET', `/api/households/${household.account_no}/repairs`)
  expect(items).toHaveLength(1)
  await device.close()
})
