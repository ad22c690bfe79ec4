import type { Places } from './place'

/** A browser has no map of China: the place is written. */
export const hasMap: Places['hasMap'] = false

export const choose: Places['choose'] = () => Promise.resolve(null)
