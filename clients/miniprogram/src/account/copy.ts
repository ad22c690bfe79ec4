import { api } from '@/session/session'

/** So many pages of a list at most: more than a household has in its life. */
const MAX_PAGES = 20

interface Page {
  readonly items: readonly unknown[]
  readonly next: string | null
}

async function all(page: (cursor: { cursor?: string }) => Promise<Page>): Promise<unknown[]> {
  const items: unknown[] = []
  let cursor: { cursor?: string } = {}
  for (let count = 0; count < MAX_PAGES; count += 1) {
    const { items: some, next } = await page(cursor)
    items.push(...some)
    if (next === null) break
    cursor = { cursor: next }
  }
  return items
}

/** All that is kept about the resident and his households, as he may see it: masked, as everywhere. */
export async function copyOfMyData(): Promise<string> {
  const account = await api.get('/api/account')
  const households = []
  for (const { account_no } of account.households) {
    const path = { account_no }
    const { prepaid_fen } = await api.get('/api/households/{account_no}/home', { path })
    households.push({
      account_no,
      prepaid_fen,
      bills: await all(async (query) => {
        const page = await api.get('/api/households/{account_no}/bills', { path, query })
        return { items: page.bills, next: page.next ?? null }
      }),
      payments: await all(async (query) => {
        const page = await api.get('/api/households/{account_no}/payments', { path, query })
        return { items: page.payments, next: page.next ?? null }
      }),
      invoices: await all(async (query) => {
        const page = await api.get('/api/households/{account_no}/invoices', { path, query })
        return { items: page.items, next: page.next ?? null }
      }),
      repairs: await all(async (query) => {
        const page = await api.get('/api/households/{account_no}/repairs', { path, query })
        return { items: page.items, next: page.next ?? null }
      }),
      refunds: await all(async (query) => {
        const page = await api.get('/api/households/{account_no}/refunds', { path, query })
        return { items: page.items, next: page.next ?? null }
      }),
    })
  }
  return JSON.stringify({ account, households }, null, 2)
}
