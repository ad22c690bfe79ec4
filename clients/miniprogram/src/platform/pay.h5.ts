import { routes } from '@/session/routes'
import type { Pay } from './pay'

export const canPay: Pay['canPay'] = true

/** A phone's browser opens WeChat by its page; anything else shows a QR code for a phone to scan. */
export const way: Pay['way'] = () => ({ channel: 'wechatpay', scene: onPhone() ? 'h5' : 'native' })

export const pay: Pay['pay'] = (parameters, paymentNo) => {
  const page = parameters['h5_url']
  if (page !== undefined) {
    const back = page.includes('redirect_url=') ? '' : `&redirect_url=${encodeURIComponent(resultPage(paymentNo))}`
    window.location.assign(page + back)
  }
  return Promise.resolve('elsewhere')
}

/** WeChat's page comes back here, whatever happened there. */
function resultPage(paymentNo: string): string {
  return `${window.location.origin}${import.meta.env.BASE_URL.replace(/\/$/, '')}${routes.result(paymentNo)}`
}

function onPhone(): boolean {
  return /Android|iPhone|iPad|HarmonyOS|Mobile/i.test(window.navigator.userAgent)
}
