import type { components } from '@heatpay/shared'

/** What the pages say of a payment: one of bills, and one of money paid ahead, which has no bill and no invoice. */
const OF_BILLS = {
  paid: '缴费成功',
  paidText: '钱已收到,电子发票开好后可在这里查看。',
  receipt: '查看电子发票和凭证',
  closed: '这笔缴费已取消',
  closedText: '没有扣款。账单还没有缴清,可以重新缴费。',
  elsewhere: '这笔缴费是在别处发起的,请回那里付款;或取消它,再重新缴费。',
  cancel: '取消这笔缴费',
  ifPaid: '如果钱已付出,账单会自动变成“已缴清”,并开出电子发票。',
  ifNot: '如果没有付成,账单会回到“待缴费”,没有扣款。',
  notTwice: '请不要重复付款。万一重复了,多付的钱会原路退回。',
} as const

type Words = Readonly<Record<keyof typeof OF_BILLS, string>>

const AHEAD: Words = {
  paid: '预存成功',
  paidText: '钱已存入,新账单会自动从预存款里抵扣。',
  receipt: '查看预存凭证',
  closed: '这笔预存已取消',
  closedText: '没有扣款,可以重新预存。',
  elsewhere: '这笔预存是在别处发起的,请回那里付款;或取消它,再重新预存。',
  cancel: '取消这笔预存',
  ifPaid: '如果钱已付出,预存款余额会自动增加。',
  ifNot: '如果没有付成,就没有扣款,可以重新预存。',
  notTwice: '请先不要再存一笔。万一存重了,多存的钱可以原路退回。',
}

export const wordsFor = (ahead: boolean): Words => (ahead ? AHEAD : OF_BILLS)

/** Whether a payment is of money paid ahead. */
export function isAhead(payment: Pick<components['schemas']['PaymentReply'], 'prepaid_fen'> | null): boolean {
  return payment !== null && payment.prepaid_fen > 0
}
