import { type Fen, yuan } from '@heatpay/shared'

/** What is offered to be paid ahead, beside an amount of one's own: about a winter's heating of smaller and larger homes. */
export const OFFERED: readonly Fen[] = [50_000, 100_000, 200_000]

const LEAST: Fen = 100
const MOST: Fen = 1_000_000

/** An amount in whole yuan, as a button has it: `1,000 元`. */
export function inYuan(fen: Fen): string {
  return `${yuan(fen).replace(/\.00$/, '')} 元`
}

/** What somebody wrote in yuan, in fen: read figure by figure, so that nothing is rounded. `null`: no amount. */
export function fenOf(written: string): Fen | null {
  const [, whole, part = ''] = /^(\d{1,8})(?:\.(\d{0,2}))?$/.exec(written.trim()) ?? []
  return whole === undefined ? null : Number(whole) * 100 + Number(part.padEnd(2, '0'))
}

/** What is wrong with what somebody wrote; empty where it can be paid. */
export function amountFault(written: string): string {
  const fen = fenOf(written)
  if (fen === null) return '请填写金额,最多两位小数'
  return fen < LEAST || fen > MOST ? `请填写 1 元到 ${inYuan(MOST)}` : ''
}
