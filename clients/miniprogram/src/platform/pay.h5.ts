import { routes } from '@/session/routes'
import type { Pay } from './pay'

/** A phone's browser goes to the channel's page; a computer's does too, or shows WeChat's QR code for a phone to scan. */
export const ways: Pay['ways'] = () =>
  onPhone()
    ? [
        { channel: 'wechatpay', scene: 'h5' },
        { channel: 'alipay', scene: 'h5' },
        { channel: 'unionpay', scene: 'h5' },
      ]
    : [
        { channel: 'wechatpay', scene: 'native' },
        { channel: 'alipay', scene: 'page' },
        { channel: 'unionpay', scene: 'page' },
      ]

export const takes: Pay['takes'] = (parameters) => ['h5_url', 'page_url', 'form_action'].some((name) => name in parameters)

export const pay: Pay['pay'] = (parameters, paymentNo) => {
  const page = parameters['h5_url'] ?? parameters['page_url']
  const { form_action: action, ...fields } = parameters
  if (page !== undefined) window.location.assign(page + wayBack(page, paymentNo))
  else if (action !== undefined) post(action, fields)
  return Promise.resolve('elsewhere')
}

/** WeChat's page is told where to come back to, whatever happened there. Alipay's address is signed: nothing is put to it. */
function wayBack(page: string, paymentNo: string): string {
  if (!page.includes('/checkmweb?') || page.includes('redirect_url=')) return ''
  const result = `${window.location.origin}${import.meta.env.BASE_URL.replace(/\/$/, '')}${routes.result(paymentNo)}`
  return `&redirect_url=${encodeURIComponent(result)}`
}

/** UnionPay's page is opened by a form, every field of which the server signed. */
function post(action: string, fields: Readonly<Record<string, string>>): void {
  const form = document.createElement('form')
  form.method = 'post'
  form.action = action
  form.acceptCharset = 'utf-8'
  form.hidden = true
  for (const [name, value] of Object.entries(fields)) {
    const field = document.createElement('input')
    field.type = 'hidden'
    field.name = name
    field.value = value
    form.append(field)
  }
  document.body.append(form)
  form.submit()
}

function onPhone(): boolean {
  return /Android|iPhone|iPad|HarmonyOS|Mobile/i.test(window.navigator.userAgent)
}
