import type { Pay } from './pay'

export const canPay: Pay['canPay'] = true

export const way: Pay['way'] = () => ({ channel: 'wechatpay', scene: 'jsapi' })

/** `wx.requestPayment`, with what the server signed. */
export const pay: Pay['pay'] = (parameters) =>
  new Promise((resolve) => {
    uni.requestPayment({
      provider: 'wxpay',
      ...(parameters as Record<'timeStamp' | 'nonceStr' | 'package' | 'signType' | 'paySign', string>),
      orderInfo: '',
      success: () => resolve('done'),
      fail: ({ errMsg }: { errMsg?: string }) => resolve(/cancel/.test(errMsg ?? '') ? 'cancelled' : 'failed'),
    })
  })
