import type { Pay } from './pay'

export const canPay: Pay['canPay'] = false

/** The API has no channel yet that pays inside 支付宝; the pages say so and show the other ways. */
export const way: Pay['way'] = () => null

export const pay: Pay['pay'] = () => Promise.resolve('failed')
