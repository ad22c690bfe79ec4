import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, extname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROOT } from '../harness/suite'

const BUILT = join(ROOT, 'clients/miniprogram/dist/build')
const require = createRequire(import.meta.url)
const WCC = join(dirname(require.resolve('miniprogram-compiler/package.json')), 'bin/linux/wcc')
// Its package does not mark it as a program.
chmodSync(WCC, 0o755)

interface App {
  pages: string[]
  subPackages?: { root: string; pages: string[] }[]
}

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
}

function appOf(folder: string): { app: App; pages: string[]; roots: string[] } {
  const app = JSON.parse(readFileSync(join(folder, 'app.json'), 'utf8')) as App
  const subPackages = app.subPackages ?? []
  const inside = subPackages.flatMap(({ root, pages }) => pages.map((page) => `${root}/${page}`))
  return { app, pages: [...app.pages, ...inside], roots: subPackages.map(({ root }) => root) }
}

/** The components that a page or component names in its JSON. */
function componentsOf(json: string): string[] {
  if (json === '') return []
  const { usingComponents = {} } = JSON.parse(json) as { usingComponents?: Record<string, string> }
  return Object.values(usingComponents)
}

/** Bytes by package: what a phone loads first, and what it loads when it needs it. */
function sizes(folder: string, roots: string[]): { main: number; all: number } {
  let [main, all] = [0, 0]
  for (const file of files(folder)) {
    const size = statSync(file).size
    all += size
    if (!roots.some((root) => relative(folder, file).startsWith(`${root}/`))) main += size
  }
  return { main, all }
}

describe.each([
  ['mp-weixin', '.wxml', '.wxss'],
  ['mp-alipay', '.axml', '.acss'],
])('the package %s', (name, template) => {
  const folder = join(BUILT, name)
  const { pages, roots } = appOf(folder)

  test('has every page it lists, whole', () => {
    const missing = pages.flatMap((page) => ['.js', '.json', template].map((kind) => page + kind)).filter((file) => !existsSync(join(folder, file)))
    expect(missing).toEqual([])
    expect(pages.length).toBeGreaterThanOrEqual(15)
  })

  test('has every component its pages name', () => {
    const missing: string[] = []
    for (const file of files(folder).filter((path) => path.endsWith('.json') && existsSync(path.replace(/json$/, 'js')))) {
      for (const path of componentsOf(readFileSync(file, 'utf8'))) {
        const target = path.startsWith('/') ? join(folder, path) : join(dirname(file), path)
        if (!existsSync(`${target}${template}`)) missing.push(`${relative(folder, file)}: ${path}`)
      }
    }
    expect(missing).toEqual([])
  })

  test('takes nothing from a sub-package that may not have been loaded yet', () => {
    const rootOf = (file: string) => roots.find((root) => relative(folder, file).startsWith(`${root}/`))
    const taken: string[] = []
    for (const file of files(folder)) {
      const source = extname(file) === '.js' || extname(file) === '.json' ? readFileSync(file, 'utf8') : ''
      const names = extname(file) === '.js' ? [...source.matchAll(/\brequire\("(\.[^"]+)"\)/g)].map(([, name]) => name ?? '') : componentsOf(source)
      for (const name of names) {
        const target = name.startsWith('/') ? join(folder, name) : join(dirname(file), name)
        const from = rootOf(target)
        if (from !== undefined && from !== rootOf(file)) taken.push(`${relative(folder, file)}: ${name}`)
      }
    }
    expect(taken).toEqual([])
  })

  test('stays under a megabyte for what is loaded first', () => {
    const { main, all } = sizes(folder, roots)
    console.info(`${name}: main package ${Math.round(main / 1024)} KiB, all ${Math.round(all / 1024)} KiB`)
    expect(main).toBeLessThan(1024 * 1024)
    expect(all).toBeLessThan(2 * 1024 * 1024)
  })

  test('shows nothing as markup that came from elsewhere', () => {
    const rich = files(folder).filter((path) => extname(path) === template && /rich-text|web-view/.test(readFileSync(path, 'utf8')))
    expect(rich).toEqual([])
  })
})

describe('the WeChat package', () => {
  const folder = join(BUILT, 'mp-weixin')

  test('every template is taken by the compiler of WeChat', () => {
    const templates = files(folder).filter((path) => path.endsWith('.wxml')).map((path) => relative(folder, path))
    expect(templates.length).toBeGreaterThan(30)
    const compiled = execFileSync(WCC, ['-d', ...templates], { cwd: folder, maxBuffer: 64 * 1024 * 1024, encoding: 'utf8' })
    for (const template of templates) expect(compiled, template).toContain(template)
  })

  test('a wrong template is refused, so that the test above can fail', () => {
    const wrong = mkdtempSync(join(tmpdir(), 'heatpay-wxml-'))
    writeFileSync(join(wrong, 'wrong.wxml'), '<view><text>不配对</view>')
    expect(() => execFileSync(WCC, ['-d', 'wrong.wxml'], { cwd: wrong, stdio: 'pipe' })).toThrow(/wrong.wxml/)
    rmSync(wrong, { recursive: true })
  })

  test('calls only what WeChat has', () => {
    const typings = join(dirname(require.resolve('miniprogram-api-typings/package.json')), 'types/wx/lib.wx.api.d.ts')
    const known = new Set([...readFileSync(typings, 'utf8').matchAll(/^ {8}(\w+)(?:\(|<|:)/gm)].map(([, name]) => name))
    const own = files(folder).filter((path) => path.endsWith('.js') && !path.includes('/common/vendor'))
    const called = new Set(own.flatMap((path) => [...readFileSync(path, 'utf8').matchAll(/\b(?:wx|\w+\.index)\.(\w+)\(/g)].map(([, name]) => name)))
    expect(called.size).toBeGreaterThan(5)
    // The framework hangs these two on `wx` itself, before any page is made.
    const framework = ['createPage', 'createComponent']
    expect([...called].filter((name) => !known.has(name) && !framework.includes(name ?? ''))).toEqual([])
  })

  test('declares the privacy check, and of places only the one the person chooses', () => {
    const app = JSON.parse(readFileSync(join(folder, 'app.json'), 'utf8')) as Record<string, unknown>
    expect(app['__usePrivacyCheck__']).toBe(true)
    expect(app['requiredPrivateInfos']).toEqual(['chooseLocation'])
    expect(app['lazyCodeLoading']).toBe('requiredComponents')
  })

  test('is dark where the phone is', () => {
    const app = JSON.parse(readFileSync(join(folder, 'app.json'), 'utf8')) as Record<string, unknown>
    expect(app['darkmode']).toBe(true)
    const { light, dark } = JSON.parse(readFileSync(join(folder, String(app['themeLocation'])), 'utf8')) as Record<string, object>
    expect(Object.keys(dark ?? {})).toEqual(Object.keys(light ?? {}))
    expect(readFileSync(join(folder, 'app.wxss'), 'utf8')).toContain('prefers-color-scheme:')
  })
})
