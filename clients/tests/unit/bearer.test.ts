import { type Incoming, NoAnswer, Problem, type Transport, type components } from '@heatpay/shared'
import { type SessionKeeper, SignedOut, withBearer } from '@/session/bearer'
import { describe, expect, test } from 'vitest'

type Tokens = components['schemas']['TokensReply']
const NOW = 1_000_000
const tokens = (name: string): Tokens => ({ access_token: `access-${name}`, refresh_token: `refresh-${name}`, expires_in: 1800 })
const request = { method: 'GET', url: '/api/x', headers: {} } as const

/** A server that knows one access token, and a device with a session. */
function stage(accepted: string, kept: { access: string; refresh: string; expiresAt: number } | null) {
  const shown: string[] = []
  const renewals: string[] = []
  let session = kept && { accessToken: kept.access, refreshToken: kept.refresh, expiresAt: kept.expiresAt }
  let over = 0
  const transport: Transport = ({ headers }): Promise<Incoming> => {
    shown.push(headers['authorization'] ?? '')
    const good = headers['authorization'] === `Bearer ${accepted}`
    return Promise.resolve(good ? { status: 200, body: 'good' } : { status: 401, body: {} })
  }
  const keeper: SessionKeeper = {
    read: () => session,
    renewed: (reply) => {
      session = { accessToken: reply.access_token, refreshToken: reply.refresh_token, expiresAt: NOW + 1800_000 }
    },
    signInSilently: () => Promise.resolve(false),
    over: () => {
      over += 1
      session = null
    },
  }
  let renewal: (refresh: string) => Promise<Tokens> = () => Promise.resolve(tokens('new'))
  const open = {
    post: (_: string, given: { body: { refresh_token: string } }) => {
      renewals.push(given.body.refresh_token)
      return renewal(given.body.refresh_token)
    },
  } as unknown as Parameters<typeof withBearer>[1]
  return {
    shown,
    renewals,
    keeper,
    send: withBearer(transport, open, keeper, () => NOW),
    over: () => over,
    renew: (how: typeof renewal) => (renewal = how),
    otherTab: (reply: Tokens) => keeper.renewed(reply),
  }
}
const old = { access: 'access-old', refresh: 'refresh-old', expiresAt: NOW + 600_000 }
const gone = new Problem({ status: 401, code: 'session_over', detail: '已过期' })

describe('the access token', () => {
  test('that is good is shown and not renewed', async () => {
    const { send, shown, renewals } = stage('access-old', old)
    expect((await send(request)).status).toBe(200)
    expect([shown, renewals]).toEqual([['Bearer access-old'], []])
  })

  test('that runs out within half a minute is renewed first', async () => {
    const { send, shown, renewals } = stage('access-new', { ...old, expiresAt: NOW + 29_000 })
    expect((await send(request)).status).toBe(200)
    expect([shown, renewals]).toEqual([['Bearer access-new'], ['refresh-old']])
  })

  test('is renewed once for many requests that wait for it', async () => {
    const { send, renewals } = stage('access-new', { ...old, expiresAt: 0 })
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(request)))
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200))
    expect(renewals).toEqual(['refresh-old'])
  })

  test('that the server does not know is renewed, and the request repeated once', async () => {
    const { send, shown } = stage('access-new', old)
    expect((await send(request)).status).toBe(200)
    expect(shown).toEqual(['Bearer access-old', 'Bearer access-new'])
  })

  test('that is refused even when new leaves the answer as it is', async () => {
    const { send, renewals } = stage('none', old)
    expect((await send(request)).status).toBe(401)
    expect(renewals).toHaveLength(1)
  })

  test('renewed by another tab meanwhile is taken from there', async () => {
    const { send, renew, otherTab, over } = stage('access-theirs', { ...old, expiresAt: 0 })
    renew(() => {
      otherTab(tokens('theirs'))
      return Promise.reject(gone)
    })
    expect((await send(request)).status).toBe(200)
    expect(over()).toBe(0)
  })

  test('that cannot be renewed ends the session, and says so', async () => {
    const { send, renew, over } = stage('access-new', { ...old, expiresAt: 0 })
    renew(() => Promise.reject(gone))
    await expect(send(request)).rejects.toBeInstanceOf(SignedOut)
    expect(over()).toBe(1)
  })

  test('that cannot be renewed is replaced by a new sign-in where the platform can', async () => {
    const { send, renew, keeper, over } = stage('access-again', { ...old, expiresAt: 0 })
    renew(() => Promise.reject(gone))
    keeper.signInSilently = () => {
      keeper.renewed(tokens('again'))
      return Promise.resolve(true)
    }
    expect((await send(request)).status).toBe(200)
    expect(over()).toBe(0)
  })

  test('is kept where the renewal had no answer', async () => {
    const { send, renew, keeper, over } = stage('access-new', { ...old, expiresAt: 0 })
    renew(() => Promise.reject(new NoAnswer('offline')))
    await expect(send(request)).rejects.toBeInstanceOf(NoAnswer)
    expect([over(), keeper.read()?.refreshToken]).toEqual([0, 'refresh-old'])
    renew(() => Promise.resolve(tokens('new')))
    expect((await send(request)).status).toBe(200)
  })
})
