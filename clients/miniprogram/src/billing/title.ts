import type { components } from '@heatpay/shared'

export type InvoiceTitle = components['schemas']['NewInvoice']['title']

/** Whom an invoice is made out to: the household as it is on file, or somebody who is named. */
export type Whose = 'household' | 'person' | 'company'

export interface TitleDraft {
  readonly whose: Whose
  readonly name: string
  readonly taxNo: string
  readonly email: string
}

/** What nobody has to type anything for. */
export const HOUSEHOLD_TITLE: TitleDraft = { whose: 'household', name: '', taxNo: '', email: '' }

const KEY = 'heatpay.seen.title.'

/** The title used last for a household; kept on this device alone, and forgotten with the session. */
export function lastTitle(accountNo: string): TitleDraft {
  const kept: unknown = uni.getStorageSync(KEY + accountNo)
  return typeof kept === 'object' && kept !== null && 'whose' in kept ? (kept as TitleDraft) : HOUSEHOLD_TITLE
}

export function keepTitle(accountNo: string, title: TitleDraft): void {
  uni.setStorageSync(KEY + accountNo, title)
}

export type TitleFaults = Partial<Record<'name' | 'taxNo' | 'email', string>>

const TAX_NO = /^[0-9A-Z]{15,20}$/
const EMAIL = /^[A-Za-z0-9._%+-]+@[A-Za-z0-9_%+-]+(\.[A-Za-z0-9_%+-]+)+$/

/** What is wrong with a title, field by field; empty where it can be sent. */
export function faults(draft: TitleDraft): TitleFaults {
  const found: TitleFaults = {}
  const name = draft.name.trim()
  const email = draft.email.trim()
  if (draft.whose !== 'household') {
    if (name === '') found.name = draft.whose === 'company' ? '请填写单位名称' : '请填写姓名'
    else if (/[<>]/.test(name)) found.name = '名称里不能有 < 或 >'
    else if ([...name].length > 100) found.name = '名称最多 100 个字'
  }
  if (draft.whose === 'company' && !TAX_NO.test(draft.taxNo.trim())) found.taxNo = '纳税人识别号是 15 至 20 位数字或大写字母'
  if (email !== '' && (email.length > 100 || !EMAIL.test(email))) found.email = '邮箱的写法不对,例如 zhangsan@example.com'
  return found
}

/** The title to send. */
export function titleOf(draft: TitleDraft): InvoiceTitle {
  const email = draft.email.trim()
  return {
    ...(draft.whose === 'household' ? {} : { name: draft.name.trim() }),
    ...(draft.whose === 'company' ? { tax_no: draft.taxNo.trim() } : {}),
    ...(email === '' ? {} : { email }),
  }
}

/** How a title is shown in one line; `holder` is the household's, masked. */
export function shown(draft: TitleDraft, holder: string): string {
  return draft.whose === 'household' ? `户主 ${holder}` : draft.name.trim()
}
