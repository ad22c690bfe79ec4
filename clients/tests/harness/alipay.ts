import { readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Instance, type Options, Package, REGISTER, Renderer, type Shown, parsed } from './axml'
import { ROOT } from './suite'

const FOLDER = join(ROOT, 'clients/miniprogram/dist/build/mp-alipay')
const API = 'http://127.0.0.1:8080'
const require = createRequire(import.meta.url)

type Answer = (value?: unknown) => void
interface Call {
  success?: Answer
  fail?: Answer
  complete?: Answer
  [name: string]: unknown
}
type Hook = (...given: unknown[]) => unknown

interface Opened {
  readonly url: string
  readonly path: string
  readonly instance: Instance
  readonly renderer: Renderer
}

const ok = (call: Call, value: unknown = {}) => {
  call.success?.(value)
  call.complete?.(value)
}
const failed = (call: Call, error: unknown) => {
  call.fail?.(error)
  call.complete?.(error)
}

/** What the person and the outside do; a test says so. */
export interface Hands {
  /** The code of `my.getAuthCode`. */
  authCode(): Promise<string>
  /** The payment window: what the person does in it, and the result code it closes with. */
  pay(tradeNO: string): Promise<string>
}

/** A phone with 支付宝 on it, in which the built mini-program runs. */
export class Alipay {
  readonly storage = new Map<string, unknown>()
  readonly requests: string[] = []
  /** What was asked of 支付宝, by name. */
  readonly calls: string[] = []
  private readonly built = new Package(FOLDER)
  private readonly pages: Opened[] = []
  private shown: readonly (Shown | string)[] = []
  private rendering = false
  private stale = false
  private app: Record<string, unknown> = {}

  constructor(
    private readonly url: string,
    private readonly hands: Hands,
    kept: Record<string, unknown> = {},
  ) {
    for (const [key, value] of Object.entries(kept)) this.storage.set(key, JSON.parse(JSON.stringify(value)))
    const globals = {
      my: this.my(),
      App: (app: Record<string, unknown>) => (this.app = app),
      Page: () => {},
      Component: (options: Options) => (globalThis as unknown as Record<string, (options: Options) => void>)[REGISTER]?.(options),
      getApp: () => this.app,
      getCurrentPages: () => this.pages.map(({ instance }) => instance),
    }
    for (const [name, value] of Object.entries(globals)) {
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
    }
    for (const path of Object.keys(require.cache)) if (path.startsWith(FOLDER)) delete require.cache[path]
    require(join(FOLDER, 'app.js'))
    this.call(this.app, 'onLaunch', { path: 'pages/home/index', query: {} })
    this.call(this.app, 'onShow', { path: 'pages/home/index', query: {} })
    this.open('/pages/home/index')
  }

  private call(on: Record<string, unknown>, hook: string, ...given: unknown[]): void {
    ;(on[hook] as Hook | undefined)?.apply(on, given)
  }

  get page(): Opened {
    const top = this.pages[this.pages.length - 1]
    if (top === undefined) throw new Error('no page is open')
    return top
  }

  open(url: string): void {
    const [path = '', query = ''] = url.replace(/^\//, '').split('?')
    const renderer = new Renderer(this.built, () => this.render())
    const { options } = this.built.load(path)
    const instance = new Instance(path, options, () => this.render())
    instance['route'] = path
    this.pages.push({ url, path, instance, renderer })
    // Nothing is rendered before onLoad has ended.
    this.rendering = true
    this.call(instance, 'onLoad', Object.fromEntries(new URLSearchParams(query)))
    this.rendering = false
    this.render()
    this.call(instance, 'onShow')
    this.call(instance, 'onReady')
  }

  private leave(): void {
    const left = this.pages.pop()
    left?.renderer.leave()
    if (left) this.call(left.instance, 'onUnload')
  }

  /** Renders until nothing changes any more. */
  private render(): void {
    this.stale = true
    if (this.rendering) return
    this.rendering = true
    try {
      while (this.stale) {
        this.stale = false
        const { path, instance, renderer } = this.page
        this.shown = renderer.page(path, instance)
      }
    } finally {
      this.rendering = false
    }
  }

  /** Templates of the package that no parser takes, with why. */
  unreadable(): string[] {
    return readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.axml'))
      .flatMap((path) => {
        try {
          parsed(readFileSync(join(FOLDER, path), 'utf8'), path)
          return []
        } catch (error) {
          return [String(error)]
        }
      })
  }

  text(): string {
    return this.shown.map(textOf).join('')
  }

  private all(): Shown[] {
    const each = (shown: Shown | string): Shown[] => (typeof shown === 'string' ? [] : [shown, ...shown.inside.flatMap(each)])
    return this.shown.flatMap(each)
  }

  /** Taps the innermost thing that reads so; the event bubbles to the first that listens. */
  tap(text: string): void {
    const found = this.all().filter((shown) => textOf(shown) === text)
    let target: Shown | null | undefined = found[found.length - 1]
    while (target && !target.handlers['onTap']) target = target.around
    if (!target) throw new Error(`nothing to tap reads ${text} in: ${this.text()}`)
    target.handlers['onTap']?.(event('tap', {}))
  }

  /** Writes into the field of that label. */
  write(label: string, value: string): void {
    const field = this.all().find((shown) => shown.tag.endsWith('HpField') && textOf(shown).includes(label))
    const input = this.all().find((shown) => shown.tag === 'input' && within(shown, field))
    if (!input) throw new Error(`no field ${label} in: ${this.text()}`)
    input.handlers['onInput']?.(event('input', { value }))
  }

  private my(): Record<string, unknown> {
    const { storage } = this
    return {
      canIUse: () => true,
      SDKVersion: '2.9.0',
      getSystemInfoSync: () => ({ platform: 'Android', windowWidth: 390, windowHeight: 800, pixelRatio: 3, language: 'zh-Hans', version: '10.6' }),
      getLaunchOptionsSync: () => ({ path: 'pages/home/index', query: {} }),
      getStorageSync: ({ key }: { key: string }) => ({ data: storage.get(key) ?? null }),
      setStorageSync: ({ key, data }: { key: string; data: unknown }) => void storage.set(key, JSON.parse(JSON.stringify(data))),
      removeStorageSync: ({ key }: { key: string }) => void storage.delete(key),
      getStorageInfoSync: () => ({ keys: [...storage.keys()] }),
      getNetworkType: (call: Call) => ok(call, { networkType: 'WIFI' }),
      onNetworkStatusChange: () => {},
      onAppShow: () => {},
      onAppHide: () => {},
      stopPullDownRefresh: () => {},
      request: (call: Call) => this.request(call),
      getAuthCode: (call: Call) => {
        this.calls.push(`getAuthCode ${String(call['scopes'])}`)
        void this.hands.authCode().then((authCode) => ok(call, { authCode }))
      },
      tradePay: (call: Call) => {
        this.calls.push('tradePay')
        // Whatever became of the trade, the window closes with a code and calls that a success.
        void this.hands.pay(String(call['tradeNO'])).then((resultCode) => ok(call, { resultCode }))
      },
      navigateTo: (call: Call) => this.navigated(call, () => {}),
      redirectTo: (call: Call) => this.navigated(call, () => this.leave()),
      switchTab: (call: Call) =>
        this.navigated(call, () => {
          while (this.pages.length > 0) this.leave()
        }),
      navigateBack: (call: Call) => {
        this.leave()
        this.render()
        this.call(this.page.instance, 'onShow')
        ok(call)
      },
    }
  }

  private navigated(call: Call, before: () => void): void {
    before()
    this.open(call['url'] as string)
    ok(call)
  }

  /** 支付宝 calls an answer of 400 and above a failure. */
  private request(call: Call): void {
    const url = (call['url'] as string).replace(API, this.url)
    this.requests.push(`${String(call['method'])} ${url.replace(this.url, '')}`)
    const init: RequestInit = { method: call['method'] as string, headers: call['headers'] as Record<string, string> }
    if (call['data'] !== undefined) init.body = typeof call['data'] === 'string' ? call['data'] : JSON.stringify(call['data'])
    fetch(url, init).then(
      async (answer) => {
        const text = await answer.text()
        const headers = Object.fromEntries(answer.headers)
        if (answer.status >= 400) return failed(call, { error: 19, errorMessage: 'http status error', status: answer.status, data: text })
        const json = call['dataType'] !== 'text' && answer.headers.get('content-type')?.includes('json')
        ok(call, { status: answer.status, data: json ? JSON.parse(text) : text, headers })
      },
      (error: Error) => failed(call, { error: 12, errorMessage: error.message }),
    )
  }
}

function event(type: string, detail: unknown) {
  const target = { dataset: {}, offsetLeft: 0, offsetTop: 0 }
  return { type, detail, target, currentTarget: target, timeStamp: Date.now() }
}

function textOf(shown: Shown | string): string {
  return typeof shown === 'string' ? shown : shown.inside.map(textOf).join('')
}

function within(shown: Shown, outer: Shown | undefined): boolean {
  for (let at: Shown | null = shown; at; at = at.around) if (at === outer) return true
  return false
}
