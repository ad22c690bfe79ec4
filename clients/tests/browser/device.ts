import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { type Browser, type BrowserContext, type Page, chromium } from 'playwright-core'
import type { Person } from '../harness/desk'

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const PHONE_AGENT = 'Mozilla/5.0 (Linux; Android 14; Phone) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140 Mobile Safari/537.36'
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: ARGUMENTS })
}

export interface Wanted {
  readonly width?: number
  readonly height?: number
  readonly desktop?: boolean
  readonly dark?: boolean
  readonly large?: boolean
  readonly person?: Person
}

/** Somebody's phone (or computer) with the pages open. What a page says amiss is kept in `complaints`. */
export class Device {
  readonly complaints: string[] = []
  /** How often the person tapped. */
  taps = 0

  private constructor(
    readonly url: string,
    readonly context: BrowserContext,
    readonly page: Page,
  ) {}

  static async of(browser: Browser, url: string, wanted: Wanted = {}): Promise<Device> {
    const context = await browser.newContext({
      viewport: { width: wanted.width ?? 390, height: wanted.height ?? 844 },
      locale: 'zh-CN',
      timezoneId: 'Asia/Shanghai',
      colorScheme: wanted.dark ? 'dark' : 'light',
      ...(wanted.desktop ? {} : { isMobile: true, hasTouch: true, userAgent: PHONE_AGENT }),
    })
    const kept: Record<string, unknown> = {}
    if (wanted.person) kept['heatpay.session'] = wanted.person.kept()
    if (wanted.person) kept['heatpay.privacy'] = '2026-11-26'
    if (wanted.large) kept['heatpay.large'] = true
    await context.addInitScript((all) => {
      if (window.localStorage.getItem('begun') !== null) return
      window.localStorage.setItem('begun', 'yes')
      for (const [key, data] of Object.entries(all)) {
        window.localStorage.setItem(key, JSON.stringify({ type: typeof data, data }))
      }
    }, kept)
    const page = await context.newPage()
    page.setDefaultTimeout(20_000)
    const device = new Device(url, context, page)
    page.on('pageerror', (error) => device.complaints.push(error.message))
    return device
  }

  async open(path = ''): Promise<void> {
    await this.page.goto(`${this.url}/m/${path}`)
  }

  /** Taps what is named so. */
  async tap(name: string | RegExp): Promise<void> {
    this.taps += 1
    const named = typeof name === 'string' ? { name } : { name }
    const found = ['button', 'link', 'tab', 'checkbox', 'radio', 'switch'].map((role) =>
      this.page.getByRole(role as 'button', named).filter({ visible: true }),
    )
    const either = found.slice(1).reduce((all, one) => all.or(one), found[0] as (typeof found)[0])
    await either.last().click()
  }

  async write(label: string, text: string): Promise<void> {
    await this.page.locator(`.hp-field:visible`).filter({ hasText: label }).locator('input, textarea').fill(text)
  }

  /** Waits until the page says so. */
  async sees(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).filter({ visible: true }).first().waitFor()
  }

  text(): Promise<string> {
    return this.page.locator('uni-page:visible').last().innerText()
  }

  /** What axe finds that keeps somebody out. */
  async barriers(): Promise<string[]> {
    await this.page.evaluate(AXE)
    return this.page.evaluate(async () => {
      const { axe } = window as unknown as {
        axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string; any: { message: string }[] }[] }[] }> }
      }
      const { violations } = await axe.run()
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.any[0]?.message ?? ''}`).slice(0, 3).join(' | ')}`)
    })
  }

  /** How far the page is wider than the screen. */
  overflow(): Promise<number> {
    return this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  }

  /** What is to be tapped and smaller than a finger: 44 px. */
  smallTargets(): Promise<string[]> {
    return this.page.evaluate(() => {
      const targets = document.querySelectorAll('[role=button], [role=link], [role=checkbox], [role=radio], .uni-tabbar__item, input')
      return [...targets]
        .filter((target) => target.getClientRects().length > 0)
        .map((target) => (target.matches('input') ? (target.closest('.box, uni-switch, uni-checkbox') ?? target) : target))
        .map((target) => ({ target, box: target.getBoundingClientRect() }))
        .filter(({ box }) => box.width < 43.5 || box.height < 43.5)
        .map(({ target, box }) => `${Math.round(box.width)}×${Math.round(box.height)}: ${target.outerHTML.slice(0, 160)}`)
    })
  }

  async close(): Promise<void> {
    await this.context.close()
  }
}
