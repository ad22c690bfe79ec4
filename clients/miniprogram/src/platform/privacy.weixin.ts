import type { Privacy } from './privacy'

/** 微信 takes consent only from the press of a button of its own kind, named by this id. */
export const agreeButton: Privacy['agreeButton'] = 'privacy-agree'

interface Waiting {
  (answer: { event: 'agree' | 'disagree' | 'exposureAuthorization'; buttonId?: string }): void
}

/** Any privacy interface (a place, a picture) that is called without consent waits here. */
export const onNeeded: Privacy['onNeeded'] = (ask) => {
  const listen = (wx as unknown as { onNeedPrivacyAuthorization?: (listener: (resolve: Waiting) => void) => void })
    .onNeedPrivacyAuthorization
  listen?.((resolve) => {
    void ask().then((agreed) => resolve(agreed ? { event: 'agree', buttonId: 'privacy-agree' } : { event: 'disagree' }))
  })
}
