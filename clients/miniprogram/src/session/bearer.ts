import { type Client, type Incoming, Problem, type Transport, type components } from '@heatpay/shared'

type Tokens = components['schemas']['TokensReply']

/** The session as the bearer needs it: read anew each time, for another tab may have renewed it. */
export interface SessionKeeper {
  read(): { readonly accessToken: string; readonly expiresAt: number; readonly refreshToken: string } | null
  renewed(tokens: Tokens): void
  /** Signs in again without asking the person, where the platform can; else null. */
  signInSilently(): Promise<boolean>
  /** The session is over. */
  over(): void
}

/** Nobody is signed in, and only the person can change that. */
export class SignedOut extends Error {
  constructor() {
    super('登录已过期,请重新登录。')
    this.name = 'SignedOut'
  }
}

/** A token is renewed this long before it runs out, so that a request under way does not meet its end. */
const AHEAD_MS = 30_000

/** Shows the access token with each request and renews it: once for all requests that wait for it. */
export function withBearer(transport: Transport, open: Pick<Client, 'post'>, keeper: SessionKeeper, now: () => number): Transport {
  let renewal: Promise<void> | null = null

  const renew = (): Promise<void> => {
    renewal ??= renewOnce().finally(() => {
      renewal = null
    })
    return renewal
  }

  const renewOnce = async (): Promise<void> => {
    const before = keeper.read()
    if (before !== null) {
      try {
        keeper.renewed(await open.post('/api/session/refresh', { body: { refresh_token: before.refreshToken } }))
        return
      } catch (error) {
        if (!(error instanceof Problem) || error.status !== 401) throw error
        const since = keeper.read()
        if (since !== null && since.refreshToken !== before.refreshToken) return
      }
    }
    if (await keeper.signInSilently()) return
    keeper.over()
    throw new SignedOut()
  }

  const send = (request: Parameters<Transport>[0]): Promise<Incoming> =>
    transport({ ...request, headers: { ...request.headers, authorization: `Bearer ${keeper.read()?.accessToken ?? ''}` } })

  return async (request) => {
    const session = keeper.read()
    if (session === null || session.expiresAt - AHEAD_MS < now()) await renew()
    const shown = keeper.read()?.accessToken
    const answer = await send(request)
    if (answer.status !== 401) return answer
    if (keeper.read()?.accessToken === shown) await renew()
    return send(request)
  }
}
