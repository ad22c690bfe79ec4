import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { JSDOM } from 'jsdom'
import { ROOT } from './suite'

/** A phone with WeChat on it, in which the built mini-program runs: its JavaScript, its WXML as WeChat's own compiler makes it. */
const PACKAGE = join(ROOT, 'clients/miniprogram/dist/build/mp-weixin')
const API = 'http://127.0.0.1:8080'
const require = createRequire(import.meta.url)

type NeedsPrivacy = (answer: (given: unknown) => void) => void
type Answer = (value?: unknown) => void
interface Call {
  success?: Answer
  fail?: Answer
  complete?: Answer
  [name: string]: unknown
}
interface Instance {
  onLoad?(query: Record<string, string>): void
  onShow?(): void
  onHide?(): void
  onUnload?(): void
}
interface Component {
  readonly dom: HTMLElement
  readonly instance: Instance
  attach(parent: Element): void
  detach(): void
}
interface Simulate {
  load(path: string, tag: string, options: { rootPath: string; compiler: string }): string
  render(id: string): Component
}
interface Opened {
  readonly url: string
  readonly component: Component
}

/** What the person and the outside do; a test says so. */
export interface Hands {
  /** The code of `wx.login`. */
  login(): Promise<string>
  /** The payment window: what the person does in it. */
  pay(parameters: Record<string, string>): Promise<'ok' | 'cancel' | 'fail'>
  /** The camera: the file of the picture that is taken. */
  readonly picture?: string
  /** The map: where the person points. */
  readonly place?: { name: string; address: string; longitude: number; latitude: number }
}

const ok = (call: Call, value: unknown) => {
  call.success?.(value)
  call.complete?.(value)
}
const failed = (call: Call, errMsg: string) => {
  call.fail?.({ errMsg })
  call.complete?.({ errMsg })
}

export class Weixin {
  readonly storage = new Map<string, unknown>()
  /** Every request that went out. */
  readonly requests: string[] = []
  /** What was asked of WeChat, by name. */
  readonly calls: string[] = []
  readonly pages: Opened[] = []
  readonly dom = new JSDOM('<!doctype html><html><body></body></html>', { pretendToBeVisual: true })
  offline = false
  private readonly simulate: Simulate
  private readonly loaded = new Map<string, string>()
  private needsPrivacy: NeedsPrivacy | null = null
  private app: { onLaunch?(options: unknown): void } = {}

  constructor(
    private readonly url: string,
    private readonly hands: Hands,
  ) {
    const { window } = this.dom
    const names = ['document', 'HTMLElement', 'Event', 'CustomEvent', 'Node', 'Element', 'TouchEvent', 'Text', 'requestAnimationFrame']
    for (const name of names) this.global(name, (window as unknown as Record<string, unknown>)[name])
    this.global('window', window)
    this.simulate = require('miniprogram-simulate') as Simulate
    this.global('wx', this.wx())
    this.global('App', (app: typeof this.app) => (this.app = app))
    this.global('Page', () => {
      throw new Error('every page is a component')
    })
    this.global('getApp', () => this.app)
    this.global('getCurrentPages', () => this.pages.map(({ component, url }) => Object.assign(component.instance, { route: url })))
    for (const path of Object.keys(require.cache)) if (path.startsWith(PACKAGE)) delete require.cache[path]
    require(join(PACKAGE, 'app.js'))
    this.app.onLaunch?.({ path: 'pages/home/index', query: {} })
    this.open('/pages/home/index')
  }

  private global(name: string, value: unknown): void {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  }

  /** The page on top. */
  get page(): Opened {
    const top = this.pages[this.pages.length - 1]
    if (top === undefined) throw new Error('no page is open')
    return top
  }

  open(url: string): void {
    const [path = '', query = ''] = url.replace(/^\//, '').split('?')
    this.pages[this.pages.length - 1]?.component.instance.onHide?.()
    const id = this.loaded.get(path) ?? this.simulate.load(join(PACKAGE, path), 'page', { rootPath: PACKAGE, compiler: 'official' })
    this.loaded.set(path, id)
    const component = this.simulate.render(id)
    const parent = this.dom.window.document.createElement('div')
    this.dom.window.document.body.appendChild(parent)
    component.attach(parent)
    this.pages.push({ url, component })
    component.instance.onLoad?.(Object.fromEntries(new URLSearchParams(query)))
    component.instance.onShow?.()
  }

  private leave(): void {
    const left = this.pages.pop()
    left?.component.instance.onUnload?.()
    left?.component.detach()
  }

  text(): string {
    return this.page.component.dom.textContent ?? ''
  }

  /** Taps the innermost thing that reads so. */
  tap(text: string): void {
    const all = [...this.page.component.dom.querySelectorAll('*')].filter((element) => element.textContent?.trim() === text)
    const innermost = all[all.length - 1]
    if (innermost === undefined) throw new Error(`nothing reads ${text} in: ${this.text()}`)
    for (const kind of ['touchstart', 'touchend']) {
      const touch = { pageX: 0, pageY: 0, clientX: 0, clientY: 0, identifier: 0, target: innermost }
      const event = new this.dom.window.Event(kind, { bubbles: true, cancelable: true })
      Object.assign(event, { touches: kind === 'touchstart' ? [touch] : [], changedTouches: [touch] })
      innermost.dispatchEvent(event)
    }
  }

  /** Writes into the field of that label. */
  write(label: string, value: string): void {
    const fields = [...this.page.component.dom.querySelectorAll('hp-field, hp-text')]
    const input = fields.find((field) => field.textContent?.includes(label))?.querySelector('wx-input, wx-textarea')
    if (!input) throw new Error(`no field ${label}`)
    this.emit(input, 'input', { value })
  }

  /** Presses WeChat's own consent button. */
  agree(): void {
    const button = this.page.component.dom.querySelector('privacy-sheet wx-button')
    if (!button) throw new Error(`no consent is asked for in: ${this.text()}`)
    this.emit(button, 'agreeprivacyauthorization', {})
  }

  /** WeChat itself waits for consent, as it does before any of its privacy interfaces: what it is told. */
  askForPrivacy(): Promise<unknown> {
    return new Promise((answered) => this.needsPrivacy?.(answered))
  }

  private emit(element: Element, name: string, detail: unknown): void {
    const exparser = require('miniprogram-exparser') as {
      Event: { create(name: string, detail: unknown, options: object): unknown; dispatchEvent(node: unknown, event: unknown): void }
    }
    const node = (element as unknown as { __wxElement: unknown }).__wxElement
    exparser.Event.dispatchEvent(node, exparser.Event.create(name, detail, { bubbles: false, composed: false }))
  }

  private wx(): Record<string, unknown> {
    const { storage } = this
    const noted =
      (name: string, act: (call: Call) => void) =>
      (call: Call = {}) => {
        this.calls.push(name)
        act(call)
      }
    return {
      getStorageSync: (key: string) => storage.get(key) ?? '',
      setStorageSync: (key: string, value: unknown) => storage.set(key, JSON.parse(JSON.stringify(value))),
      removeStorageSync: (key: string) => storage.delete(key),
      getStorageInfoSync: () => ({ keys: [...storage.keys()] }),
      getNetworkType: (call: Call) => ok(call, { networkType: 'wifi' }),
      onNetworkStatusChange: () => {},
      onNeedPrivacyAuthorization: (listener: NeedsPrivacy) => (this.needsPrivacy = listener),
      getSystemInfoSync: () => ({ platform: 'android', SDKVersion: '3.5.0', windowWidth: 390, windowHeight: 800, pixelRatio: 3 }),
      getAppBaseInfo: () => ({ SDKVersion: '3.5.0', language: 'zh_CN', theme: 'light' }),
      getWindowInfo: () => ({ windowWidth: 390, windowHeight: 800, pixelRatio: 3 }),
      getDeviceInfo: () => ({ platform: 'android' }),
      getLaunchOptionsSync: () => ({ path: 'pages/home/index', scene: 1001, query: {} }),
      getEnterOptionsSync: () => ({ path: 'pages/home/index', scene: 1001, query: {} }),
      canIUse: () => true,
      stopPullDownRefresh: () => {},
      request: (call: Call) => this.request(call),
      login: noted('login', (call) => void this.hands.login().then((code) => ok(call, { code }))),
      requestPayment: noted('requestPayment', (call) => this.requestPayment(call)),
      requestSubscribeMessage: noted('requestSubscribeMessage', (call) =>
        ok(call, Object.fromEntries((call['tmplIds'] as string[]).map((id) => [id, 'accept']))),
      ),
      downloadFile: noted('downloadFile', (call) => void this.download(call)),
      chooseMedia: noted('chooseMedia', (call) => {
        if (this.hands.picture === undefined) failed(call, 'chooseMedia:fail cancel')
        else ok(call, { tempFiles: [{ tempFilePath: this.hands.picture, fileType: 'image' }] })
      }),
      chooseLocation: noted('chooseLocation', (call) => {
        if (this.hands.place === undefined) failed(call, 'chooseLocation:fail cancel')
        else ok(call, this.hands.place)
      }),
      uploadFile: noted('uploadFile', (call) => void this.upload(call)),
      openDocument: noted('openDocument', (call) => ok(call, {})),
      navigateTo: (call: Call) => this.navigated(call, () => {}),
      redirectTo: (call: Call) => this.navigated(call, () => this.leave()),
      switchTab: (call: Call) =>
        this.navigated(call, () => {
          while (this.pages.length > 0) this.leave()
        }),
      navigateBack: () => {
        this.leave()
        this.page.component.instance.onShow?.()
      },
    }
  }

  private navigated(call: Call, before: () => void): void {
    before()
    this.open(call['url'] as string)
    ok(call, {})
  }

  private request(call: Call): void {
    const url = (call['url'] as string).replace(API, this.url)
    this.requests.push(`${String(call['method'])} ${url.replace(this.url, '')}`)
    if (this.offline) return failed(call, 'request:fail net::ERR_INTERNET_DISCONNECTED')
    const init: RequestInit = { method: call['method'] as string, headers: call['header'] as Record<string, string> }
    if (call['data'] !== undefined) init.body = JSON.stringify(call['data'])
    fetch(url, init).then(
      async (answer) => {
        const text = await answer.text()
        const json = answer.headers.get('content-type')?.includes('json')
        ok(call, { statusCode: answer.status, data: json ? JSON.parse(text) : text, header: {} })
      },
      (error: Error) => failed(call, `request:fail ${error.message}`),
    )
  }

  private async download(call: Call): Promise<void> {
    const answer = await fetch((call['url'] as string).replace(API, this.url), { headers: call['header'] as Record<string, string> })
    const bytes = new Uint8Array(await answer.arrayBuffer())
    const pdf = String.fromCharCode(...bytes.slice(0, 5)) === '%PDF-'
    ok(call, { statusCode: answer.status, tempFilePath: pdf ? 'wxfile://tmp.pdf' : 'wxfile://tmp' })
  }

  /** A form with one file in it, as WeChat sends one. */
  private async upload(call: Call): Promise<void> {
    if (this.offline) return failed(call, 'uploadFile:fail net::ERR_INTERNET_DISCONNECTED')
    const form = new FormData()
    form.append(call['name'] as string, new Blob([readFileSync(call['filePath'] as string)]), 'photo.jpg')
    const url = (call['url'] as string).replace(API, this.url)
    const answer = await fetch(url, { method: 'POST', headers: call['header'] as Record<string, string>, body: form })
    ok(call, { statusCode: answer.status, data: await answer.text() })
  }

  private requestPayment(call: Call): void {
    const names = ['appId', 'timeStamp', 'nonceStr', 'package', 'signType', 'paySign']
    const parameters = Object.fromEntries(names.filter((name) => name in call).map((name) => [name, String(call[name])]))
    void this.hands.pay(parameters).then((how) => {
      if (how === 'ok') ok(call, { errMsg: 'requestPayment:ok' })
      else failed(call, how === 'cancel' ? 'requestPayment:fail cancel' : 'requestPayment:fail')
    })
  }
}
