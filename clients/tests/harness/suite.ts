import { type ChildProcess, spawn } from 'node:child_process'
import { createPublicKey } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    url: string
    /** A folder in which a test puts the account number of each household that is its own. */
    taken: string
    /** The merchant's public key at WeChat Pay, as PEM. */
    merchantKey: string
  }
}

export const ROOT = resolve(import.meta.dirname, '../../..')
const STARTED_WITHIN_MS = 90_000
const HOUSEHOLDS = 60

export interface Suite {
  readonly url: string
  readonly taken: string
  readonly merchantKey: string
  stop(): Promise<void>
}

/** Heatpay as `make run` starts it, on a free port, with a small city and a folder of its own. */
export async function startSuite(households = HOUSEHOLDS): Promise<Suite> {
  const program = process.env['HEATPAY'] ?? join(process.env['CARGO_TARGET_DIR'] ?? join(ROOT, 'target'), 'debug/heatpay')
  const data = mkdtempSync(join(tmpdir(), 'heatpay-clients-'))
  const taken = join(data, 'taken')
  mkdirSync(taken)
  const city = join(data, 'households.csv')
  const all = readFileSync(join(ROOT, 'events/households.csv'), 'utf8').split('\n')
  writeFileSync(city, all.slice(0, households + 1).join('\n') + '\n')
  const port = await freePort()
  const child = spawn(program, ['run', '--port', String(port), '--data', data, '--households', city], { cwd: ROOT })
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => said.push(String(bytes)))
  await running(child, said)
  return {
    url: `http://127.0.0.1:${port}`,
    taken,
    merchantKey: publicKey(join(data, 'secrets/wechatpay.json')),
    stop: async () => {
      const ended = new Promise((done) => child.once('exit', done))
      child.kill('SIGTERM')
      await ended
      rmSync(data, { recursive: true, force: true })
    },
  }
}

function publicKey(secret: string): string {
  const { merchant_private_key } = JSON.parse(readFileSync(secret, 'utf8')) as { merchant_private_key: string }
  return createPublicKey(merchant_private_key).export({ type: 'spki', format: 'pem' }) as string
}

function running(child: ChildProcess, said: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      clearTimeout(late)
      reject(new Error(`${why}\n${said.join('')}`))
    }
    const late = setTimeout(() => fail('the suite did not start in time'), STARTED_WITHIN_MS)
    child.once('error', (error) => fail(`${error.message}: build it with cargo build -p heatpay-local --bin heatpay`))
    child.once('exit', (code) => fail(`the suite ended with ${code}`))
    child.stdout?.on('data', () => {
      if (!said.join('').includes('Heatpay is running')) return
      clearTimeout(late)
      resolve()
    })
  })
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const suite = await startSuite()
  project.provide('url', suite.url)
  project.provide('taken', suite.taken)
  project.provide('merchantKey', suite.merchantKey)
  return suite.stop
}
