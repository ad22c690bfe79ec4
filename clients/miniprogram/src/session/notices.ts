import { canAskForNotices, ask } from '@platform/notices'
import { company } from '@/company'
import { api } from './session'

const KEY = 'heatpay.notices.asked'
const A_MONTH_MS = 30 * 24 * 60 * 60 * 1000

/**
 * Asks whether the person wants WeChat's messages, where there are such. By itself at most once a month, and only where it
 * makes sense: after a payment. Never stands in the way: whatever goes wrong here, nothing else does.
 */
export async function askForNotices({ always = false } = {}): Promise<'none' | 'accepted' | 'refused'> {
  const last = Number(uni.getStorageSync(KEY) || 0)
  if (!canAskForNotices || company.templateIds.length === 0) return 'none'
  if (!always && Date.now() - last < A_MONTH_MS) return 'none'
  uni.setStorageSync(KEY, Date.now())
  try {
    const accepted = await ask(company.templateIds)
    if (accepted.length === 0) return 'refused'
    await api.post('/api/notices/grants', { body: { template_ids: accepted } })
    return 'accepted'
  } catch {
    return 'refused'
  }
}
