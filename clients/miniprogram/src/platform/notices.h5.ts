import type { Notices } from './notices'

/** Here the company tells by SMS, which the household chooses in its settings. */
export const canAskForNotices: Notices['canAskForNotices'] = false

export const ask: Notices['ask'] = () => Promise.resolve([])
