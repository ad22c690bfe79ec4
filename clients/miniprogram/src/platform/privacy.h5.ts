import type { Privacy } from './privacy'

export const agreeButton: Privacy['agreeButton'] = null

/** A browser asks by itself, each time, for a place or a picture. */
export const onNeeded: Privacy['onNeeded'] = () => {}
