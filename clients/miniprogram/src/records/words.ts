import { type components, moment, seasonName, yuan } from '@heatpay/shared'
import { ONLINE } from '@/billing/channels'
import type { Step } from '@/components/steps'

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
  reversed: { kind: 'plain', text: '已撤销' },
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
  ...ONLINE,
  cash: '现金',
  pos: '刷卡',
  cheque: '支票',
  transfer: '银行转账',
  prepayment: '预存款抵扣',
}

type Row = Pick<
  Schemas['PaymentView'],
  'status' | 'channel' | 'bills' | 'created_at' | 'paid_at' | 'prepaid_fen' | 'prepaid_refunded_fen' | 'prepaid_refunding_fen'
>

/** What a payment is for, in a list: the seasons of its bills, or those to come. */
export function paymentTitle({ prepaid_fen, bills }: Pick<Row, 'prepaid_fen' | 'bills'>): string {
  return prepaid_fen > 0 ? '预存热费' : [...new Set(bills.map((bill) => seasonName(bill.season)))].join('、')
}

/** When, which way, and what of money paid ahead went back. */
export function paymentNote(payment: Row): string {
  const { created_at, paid_at, channel, prepaid_refunded_fen: gone, prepaid_refunding_fen: going } = payment
  const back = [...(gone > 0 ? [`已退 ${yuan(gone)} 元`] : []), ...(going > 0 ? [`退款中 ${yuan(going)} 元`] : [])]
  return [moment(paid_at ?? created_at), CHANNEL[channel], ...back].join(' · ')
}

/** How a payment in a list stands: of money paid ahead and of a bill that drew on it, by the words of each. */
export function paymentStanding({ status, prepaid_fen, channel }: Pick<Row, 'status' | 'prepaid_fen'> & { channel?: Row['channel'] }): Standing {
  if (status !== 'paid') return PAYMENT[status]
  if (prepaid_fen > 0) return { kind: 'good', text: '已预存' }
  return channel === 'prepayment' ? { kind: 'good', text: '已抵扣' } : PAYMENT.paid
}

/** An invoice whose end is not known yet. */
export function underWay(invoice: Pick<Schemas['InvoiceReply'], 'status'>): boolean {
  return invoice.status === 'requested' || invoice.status === 'issuing'
}

/** How a refund stands. */
export const REFUND: Readonly<Record<Schemas['RefundView']['status'], Standing>> = {
  requested: { kind: 'blue', text: '审核中' },
  approved: { kind: 'blue', text: '退款中' },
  processing: { kind: 'blue', text: '退款中' },
  succeeded: { kind: 'good', text: '已退款' },
  failed: { kind: 'bad', text: '没有退成' },
  abnormal: { kind: 'bad', text: '需人工处理' },
  paid_otherwise: { kind: 'good', text: '已另行退款' },
  declined: { kind: 'bad', text: '未通过' },
}


/** The way of a refund: what is behind it, each thing once, and what is still to come. */
export function refundSteps(refund: Pick<Schemas['RefundView'], 'status' | 'steps' | 'channel'>): readonly Step[] {
  const seen = new Map<string, Step>()
  for (const { status, text, at } of refund.steps) {
    const bad = status === 'failed' || status === 'abnormal' || status === 'declined'
    if (!seen.has(text)) seen.set(text, { text, standing: bad ? 'bad' : 'done', at })
  }
  const behind = [...seen.values()]
  if (refund.status === 'requested' || refund.status === 'approved' || refund.status === 'processing') {
    if (refund.channel === 'prepayment') return [...behind, { text: '退回预存款余额', standing: 'ahead', note: '一般几分钟到账。' }]
    return [...behind, { text: '退回原付款方', standing: 'ahead', note: '一般几分钟到账,银行卡需 1 至 3 个工作日。' }]
  }
  return behind
}
