import type { components } from '@heatpay/shared'

/** The channels a resident pays by, as he knows them. */
export const ONLINE: Readonly<Record<components['schemas']['NewPayment']['channel'], string>> = {
  wechatpay: '微信支付',
  alipay: '支付宝',
  unionpay: '银联',
}
