import type { components } from '@heatpay/shared'

type Schemas = components['schemas']
type Kind = 'plain' | 'good' | 'bad' | 'blue' | 'orange'
export interface Standing {
  readonly kind: Kind
  readonly text: string
}

/** How a payment stands, in a word. */
export const PAYMENT: Readonly<Record<Schemas['PaymentView']['status'], Standing>> = {
  submitting: { kind: 'blue', text: '提交中' },
  pending: { kind: 'orange', text: '待付款' },
  closing: { kind: 'blue', text: '确认中' },
  paid: { kind: 'good', text: '已缴费' },
  closed: { kind: 'plain', text: '已取消' },
  rejected: { kind: 'plain', text: '未成功' },
}

/** How an invoice stands. */
export const INVOICE: Readonly<Record<Schemas['InvoiceReply']['status'], Standing>> = {
  requested: { kind: 'blue', text: '开票中' },
  issuing: { kind: 'blue', text: '开票中' },
  issued: { kind: 'good', text: '已开具' },
  failed: { kind: 'bad', text: '没有开成' },
  reversed: { kind: 'plain', text: '已红冲' },
}

/** Which way a payment went. */
export const CHANNEL: Readonly<Record<Schemas['PaymentView']['channel'], string>> = {
  wechatpay: '微信支付',
  alipay: '支付宝',
  unionpay: '云闪付',
}

/** An invoice whose end is not known yet. */
export function underWay(invoice: Pick<Schemas['InvoiceReply'], 'status'>): boolean {
  return invoice.status === 'requested' || invoice.status === 'issuing'
}
