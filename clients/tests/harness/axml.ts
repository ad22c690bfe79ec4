import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { JSDOM } from 'jsdom'

/** AXML as 支付宝 renders it, as far as the built package uses it: conditions, loops, components with their slots and life. */

type Values = Record<string, unknown>
type Handler = (...given: unknown[]) => unknown

export interface Options {
  readonly props?: Values
  readonly data?: Values | (() => Values)
  readonly methods?: Record<string, Handler>
  onInit?(): void
  deriveDataFromProps?(next: Values): void
  didMount?(): void
  didUnmount?(): void
  readonly [name: string]: unknown
}

/** What stands on the screen. */
export interface Shown {
  readonly tag: string
  readonly attributes: Values
  readonly handlers: Record<string, Handler>
  readonly inside: readonly (Shown | string)[]
  readonly around: Shown | null
}

/** A page or a component as the package's JavaScript knows it. */
export class Instance {
  [name: string]: unknown
  data: Values
  props: Values = {}

  constructor(
    readonly is: string,
    options: Options,
    private readonly changed: () => void,
  ) {
    for (const [name, value] of Object.entries({ ...options, ...options.methods })) if (typeof value === 'function') this[name] = value
    this.data = structuredClone((typeof options.data === 'function' ? options.data() : options.data) ?? {})
    this.props = { ...options.props }
  }

  setData(values: Values, done?: () => void): void {
    for (const [path, value] of Object.entries(values)) put(this.data, path, value)
    this.changed()
    done?.()
  }

  $batchedUpdates(act: () => void): void {
    act()
  }
}

/** `a[0].b` in what setData is given. */
function put(data: Values, path: string, value: unknown): void {
  const steps = path.match(/[^.[\]]+/g) ?? []
  const last = steps.pop() as string
  let at = data
  for (const step of steps) at = (at[step] ??= {}) as Values
  at[last] = value
}

interface Place {
  readonly owner: Instance
  readonly scope: Values
  readonly components: Record<string, string>
  readonly folder: string
  /** What the component's user put between its tags. */
  readonly slot: () => readonly (Shown | string)[]
}

/** What a component was registered with, and its template. */
interface Made {
  readonly options: Options
  readonly template: Element
  readonly components: Record<string, string>
}

const require = createRequire(import.meta.url)
const { window } = new JSDOM('')
const parser = new window.DOMParser()

/** The built package: what each of its files registers, and its templates. */
export class Package {
  private readonly made = new Map<string, Made>()

  constructor(private readonly folder: string) {}

  /** The file's JavaScript, run once, says what it registers: by `Page` or by `Component`. */
  load(path: string): Made {
    const known = this.made.get(path)
    if (known) return known
    const registered: Options[] = []
    const register = (options: Options) => void registered.push(options)
    Object.assign(globalThis, { Page: register, [REGISTER]: register })
    require(join(this.folder, `${path}.js`))
    const [options] = registered
    if (options === undefined) throw new Error(`${path} registers nothing`)
    const json = join(this.folder, `${path}.json`)
    const { usingComponents = {} } = (existsSync(json) ? JSON.parse(readFileSync(json, 'utf8')) : {}) as { usingComponents?: Record<string, string> }
    const made = { options, template: parsed(readFileSync(join(this.folder, `${path}.axml`), 'utf8'), path), components: usingComponents }
    this.made.set(path, made)
    return made
  }
}

/** An open page and the components that live on it. */
export class Renderer {
  private readonly living = new Map<string, Instance>()
  private seen = new Set<string>()
  private mounting: Instance[] = []

  constructor(
    private readonly from: Package,
    private readonly changed: () => void,
  ) {}

  page(path: string, instance: Instance): readonly (Shown | string)[] {
    const { template, components } = this.from.load(path)
    this.seen = new Set()
    this.mounting = []
    const place = { owner: instance, scope: instance.data, components, folder: dirname(path), slot: () => [] }
    const shown = this.children(template, place, path, null)
    for (const [key, one] of this.living) {
      if (this.seen.has(key)) continue
      this.living.delete(key)
      ;(one['didUnmount'] as Handler | undefined)?.call(one)
    }
    for (const one of this.mounting) (one['didMount'] as Handler | undefined)?.call(one)
    return shown
  }

  leave(): void {
    for (const one of this.living.values()) (one['didUnmount'] as Handler | undefined)?.call(one)
    this.living.clear()
  }

  private children(parent: Element, place: Place, key: string, around: Shown | null): (Shown | string)[] {
    const shown: (Shown | string)[] = []
    let decided = true
    ;[...parent.childNodes].forEach((node, at) => {
      if (node.nodeType === window.Node.TEXT_NODE) {
        const text = String(filled(node.textContent ?? '', place.scope) ?? '').trim()
        if (text !== '') shown.push(text)
        return
      }
      if (node.nodeType !== window.Node.ELEMENT_NODE) return
      const element = node as Element
      const condition = element.getAttribute('a:if') ?? element.getAttribute('a:elif')
      if (element.hasAttribute('a:if')) decided = false
      if (condition !== null || element.hasAttribute('a:else')) {
        if (decided || (condition !== null && !filled(condition, place.scope))) return
        decided = true
      }
      shown.push(...this.repeated(element, place, `${key}/${at}`, around))
    })
    return shown
  }

  private repeated(element: Element, place: Place, key: string, around: Shown | null): (Shown | string)[] {
    const loop = element.getAttribute('a:for')
    if (loop === null) return this.element(element, place, key, around)
    const item = element.getAttribute('a:for-item') ?? 'item'
    const name = element.getAttribute('a:key')
    const values = (filled(loop, place.scope) ?? []) as Values[]
    return values.flatMap((value, at) => {
      const scope = { ...place.scope, [item]: value, [element.getAttribute('a:for-index') ?? 'index']: at }
      return this.element(element, { ...place, scope }, `${key}#${String((name && value?.[name]) ?? at)}`, around)
    })
  }

  private element(element: Element, place: Place, key: string, around: Shown | null): (Shown | string)[] {
    const tag = element.tagName
    if (tag === 'block') return this.children(element, place, key, around)
    if (tag === 'slot') {
      const given = place.slot()
      return given.length > 0 ? [...given] : this.children(element, place, key, around)
    }
    const attributes: Values = {}
    const handlers: Record<string, Handler> = {}
    for (const { name, value } of element.attributes) {
      if (name.startsWith('a:')) continue
      const meant = filled(value, place.scope)
      if (/^on[A-Z]/.test(name)) {
        if (typeof meant === 'string' && meant !== '') handlers[name] = (...given) => (place.owner[meant] as Handler).apply(place.owner, given)
      } else attributes[name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())] = meant
    }
    const component = place.components[tag]
    if (component === undefined) {
      const shown = { tag, attributes, handlers, inside: [] as (Shown | string)[], around }
      shown.inside.push(...this.children(element, place, key, shown))
      return [shown]
    }
    const path = component.startsWith('/') ? component.slice(1) : relative('.', join(place.folder, component))
    return this.component(path, { ...attributes, ...handlers }, key, around, (shown) => this.children(element, place, `${key}.slot`, shown))
  }

  private component(path: string, props: Values, key: string, around: Shown | null, slot: (around: Shown) => (Shown | string)[]): Shown[] {
    const { options, template, components } = this.from.load(path)
    this.seen.add(key)
    let instance = this.living.get(key)
    if (instance === undefined) {
      instance = new Instance(path, options, this.changed)
      Object.assign(instance.props, props)
      this.living.set(key, instance)
      this.mounting.push(instance)
      options.onInit?.call(instance)
      options.deriveDataFromProps?.call(instance, instance.props)
    } else {
      const next = { ...instance.props, ...props }
      options.deriveDataFromProps?.call(instance, next)
      instance.props = next
    }
    const shown: Shown = { tag: path, attributes: props, handlers: {}, inside: [], around }
    const place = { owner: instance, scope: { ...instance.props, ...instance.data }, components, folder: dirname(path), slot: () => slot(shown) }
    ;(shown.inside as (Shown | string)[]).push(...this.children(template, place, key, shown))
    return [shown]
  }
}

/** Under this name the harness's `Component` hands on what is registered; uni-app puts its own `Component` around it. */
export const REGISTER = 'registerComponent'

export function parsed(axml: string, path: string): Element {
  const expressions = axml.replace(/\{\{[\s\S]*?\}\}/g, (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;'))
  const valued = expressions.replace(/<[\w-]+(?:\s+[\w:-]+(?:="[^"]*")?)+\s*\/?>/g, (tag) =>
    tag.replace(/(\s[\w:-]+)(="[^"]*")?/g, (_, name: string, value?: string) => `${name}${value ?? '="true"'}`),
  )
  const document = parser.parseFromString(`<root xmlns:a="alipay">${valued}</root>`, 'text/xml')
  const trouble = document.querySelector('parsererror')
  if (trouble) throw new Error(`${path}.axml: ${trouble.textContent}`)
  return document.documentElement
}

/** A text with `{{expressions}}`; one that is nothing else keeps its type. */
function filled(text: string, scope: Values): unknown {
  const whole = /^\{\{([\s\S]*)\}\}$/.exec(text)
  if (whole && !whole[1]?.includes('{{')) return evaluated(whole[1] as string, scope)
  return text.replace(/\{\{([\s\S]*?)\}\}/g, (_, expression: string) => String(evaluated(expression, scope) ?? ''))
}

function evaluated(expression: string, scope: Values): unknown {
  const names = new Proxy(scope, { has: (_, name) => typeof name === 'string', get: (all, name) => all[name as string] })
  return new Function('scope', `with (scope) { return (${expression}) }`)(names)
}
