import type { Privacy } from './privacy'

export const agreeButton: Privacy['agreeButton'] = null

/** 支付宝 asks by itself for a place or a picture. */
export const onNeeded: Privacy['onNeeded'] = () => {}
