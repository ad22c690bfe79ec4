import type { components } from '@heatpay/shared'

export type InvoiceTitle = components['schemas']['NewInvoice']['title']

const KEY = 'heatpay.seen.title.'

/** The title used last for a household; kept on this device alone, and forgotten with the session. */
export function lastTitle(accountNo: string): InvoiceTitle | null {
  const kept: unknown = uni.getStorageSync(KEY + accountNo)
  return typeof kept === 'object' && kept !== null && 'name' in kept ? (kept as InvoiceTitle) : null
}

export function keepTitle(accountNo: string, title: InvoiceTitle): void {
  uni.setStorageSync(KEY + accountNo, title)
}

export interface TitleDraft {
  readonly company: boolean
  readonly name: string
  readonly taxNo: string
  readonly email: string
}

/** What is wrong with a title, field by field; empty where it can be sent. */
export function faults(draft: TitleDraft): Partial<Record<'name' | 'taxNo' | 'email', string>> {
  const name = draft.name.trim()
  return {
    ...(name === '' ? { name: draft.company ? '请填写单位名称' : '请填写姓名' } : {}),
    ...(/[<>]/.test(name) ? { name: '名称里不能有 < 或 >' } : {}),
    ...(name.length > 100 ? { name: '名称最多 100 个字' } : {}),
    ...(draft.company && !/^[0-9A-Z]{15,20}$/.test(draft.taxNo.trim()) ? { taxNo: '纳税人识别号是 15 至 20 位数字或大写字母' } : {}),
    ...(draft.email.trim() !== '' && !/^[A-Za-z0-9._%+-]+@[A-Za-z0-9_%+-]+(\.[A-Za-z0-9_%+-]+)+$/.test(draft.email.trim())
      ? { email: '邮箱的写法不对,例如 zhangsan@example.com' }
      : {}),
  }
}

/** The title to send. */
export function titleOf(draft: TitleDraft): InvoiceTitle {
  const email = draft.email.trim()
  return {
    name: draft.name.trim(),
    ...(draft.company ? { tax_no: draft.taxNo.trim() } : {}),
    ...(email === '' ? {} : { email }),
  }
}
