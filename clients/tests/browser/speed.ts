/** What the home page costs a phone on a slow network: requests, bytes and time until the amount due is there. */
import type { Browser, BrowserContext, CDPSession } from 'playwright-core'
import { inject, test } from 'vitest'
import { Desk, type Person } from '../harness/desk'
import { launch } from './device'

/** 3G as Chromium's own tools had it: 1.6 Mbit/s down, 750 kbit/s up, 150 ms there and back, and a processor a fourth as fast. */
const SLOW = { offline: false, latency: 150, downloadThroughput: (1.6e6 / 8) * 0.9, uploadThroughput: (750e3 / 8) * 0.9 }
const SLOWER_PROCESSOR = 4
const RUNS = 5

interface Seen {
  requests: number
  bytes: number
  api: number
}

interface Visit extends Seen {
  readonly firstPaint: number
  readonly bill: number
}

test('the home page on a slow phone', async () => {
  const browser = await launch()
  const desk = new Desk(inject('url'))
  const person = await desk.person(await desk.owing())
  const first: Visit[] = []
  const again: Visit[] = []
  for (let run = 0; run < RUNS; run += 1) {
    const context = await phone(browser, person)
    first.push(await visit(context, desk.url))
    again.push(await visit(context, desk.url))
    await context.close()
  }
  await browser.close()
  console.log(`home page on 3G (1.6 Mbit/s, 150 ms, processor ÷ ${SLOWER_PROCESSOR}), median of ${RUNS} visits`)
  print('first visit', first)
  print('next visit', again)
})

function print(name: string, visits: readonly Visit[]): void {
  const middle = (of: (visit: Visit) => number) => visits.map(of).sort((a, b) => a - b)[Math.floor(visits.length / 2)] ?? 0
  console.log(
    `${name.padEnd(12)} requests ${middle((visit) => visit.requests)} (API ${middle((visit) => visit.api)})` +
      `  transferred ${(middle((visit) => visit.bytes) / 1024).toFixed(1)} KiB` +
      `  first paint ${middle((visit) => visit.firstPaint).toFixed(0)} ms  the amount due ${middle((visit) => visit.bill).toFixed(0)} ms`,
  )
}

async function phone(browser: Browser, person: Person): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, locale: 'zh-CN' })
  await context.addInitScript((kept) => {
    if (localStorage.getItem('heatpay.session') !== null) return
    localStorage.setItem('heatpay.session', JSON.stringify({ type: 'object', data: kept }))
    localStorage.setItem('heatpay.privacy', JSON.stringify({ type: 'string', data: '2026-11-26' }))
  }, person.kept())
  return context
}

async function visit(context: BrowserContext, url: string): Promise<Visit> {
  const page = await context.newPage()
  const cdp = await context.newCDPSession(page)
  const seen = await watched(cdp)
  const start = performance.now()
  await page.goto(`${url}/m/`, { waitUntil: 'commit' })
  await page.getByText('应缴金额').filter({ visible: true }).first().waitFor()
  const bill = performance.now() - start
  await page.waitForLoadState('networkidle')
  const firstPaint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0)
  await page.close()
  return { ...seen, firstPaint, bill }
}

async function watched(cdp: CDPSession): Promise<Seen> {
  const seen: Seen = { requests: 0, bytes: 0, api: 0 }
  const fromCache = new Set<string>()
  cdp.on('Network.requestServedFromCache', ({ requestId }) => fromCache.add(requestId))
  cdp.on('Network.responseReceived', ({ requestId, response }) => {
    if (fromCache.has(requestId) || response.fromDiskCache || !response.url.startsWith('http')) return
    seen.requests += 1
    if (new URL(response.url).pathname.startsWith('/api/')) seen.api += 1
  })
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (!fromCache.has(requestId)) seen.bytes += encodedDataLength
  })
  await cdp.send('Network.enable')
  await cdp.send('Network.emulateNetworkConditions', SLOW)
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: SLOWER_PROCESSOR })
  return seen
}
