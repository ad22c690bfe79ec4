import { Client, type components } from '@heatpay/shared'
import { silentSignIn } from '@platform/login'
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { withBearer } from './bearer'
import { forgetSession, keepSession, type KeptSession, readSession } from './kept'
import { transport } from './transport'

type Schemas = components['schemas']

const BASE = import.meta.env.VITE_API_BASE

/** The API for whoever has not signed in yet. */
export const openApi = new Client(transport, BASE)

/** Who is signed in, which households are his, and which of them is looked at. */
export const useSession = defineStore('session', () => {
  const kept = ref<KeptSession | null>(readSession())
  const signedIn = computed(() => kept.value !== null)
  const households = computed(() => kept.value?.households ?? [])
  const account = computed(() => {
    const chosen = households.value.find((household) => household.account_no === kept.value?.chosen)
    return (chosen ?? households.value[0])?.account_no ?? null
  })

  function keep(session: KeptSession): void {
    kept.value = session
    keepSession(session)
  }

  function begin(reply: Schemas['SessionReply']): void {
    keep({
      ...tokens(reply),
      residentId: reply.resident.resident_id,
      households: reply.resident.households,
      chosen: kept.value?.chosen ?? null,
    })
  }

  function renewed(reply: Schemas['TokensReply']): void {
    if (kept.value !== null) keep({ ...kept.value, ...tokens(reply) })
  }

  /** After binding and unbinding: the token in hand names the households of before. */
  function bound(reply: Schemas['BindingReply'], chosen?: string): void {
    if (kept.value === null) return
    const { access_token, expires_in, households } = reply
    keep({ ...kept.value, accessToken: access_token, expiresAt: endOf(expires_in), households, chosen: chosen ?? kept.value.chosen })
  }

  function choose(accountNo: string): void {
    if (kept.value !== null) keep({ ...kept.value, chosen: accountNo })
  }

  function end(): void {
    kept.value = null
    forgetSession()
  }

  /** Signs in through the platform if it can without asking; says whether somebody is signed in now. */
  async function enter(): Promise<boolean> {
    if (signedIn.value) return true
    const reply = await silentSignIn(openApi)
    if (reply !== null) begin(reply)
    return reply !== null
  }

  /** What is kept may have been renewed by another tab. */
  function reread(): KeptSession | null {
    const there = readSession()
    if (there?.refreshToken !== kept.value?.refreshToken) kept.value = there
    return kept.value
  }

  return { kept, signedIn, households, account, begin, renewed, bound, choose, end, enter, reread }
})

function tokens(reply: Schemas['TokensReply']): Pick<KeptSession, 'accessToken' | 'expiresAt' | 'refreshToken'> {
  return { accessToken: reply.access_token, refreshToken: reply.refresh_token, expiresAt: endOf(reply.expires_in) }
}

function endOf(expiresIn: number): number {
  return Date.now() + expiresIn * 1000
}

/** The API as the resident who is signed in. */
export const api = new Client(
  withBearer(
    transport,
    openApi,
    {
      read: () => useSession().reread(),
      renewed: (reply) => useSession().renewed(reply),
      signInSilently: async () => {
        const reply = await silentSignIn(openApi)
        if (reply !== null) useSession().begin(reply)
        return reply !== null
      },
      over: () => useSession().end(),
    },
    Date.now,
  ),
  BASE,
)
