import type { Pay } from './pay'

export const ways: Pay['ways'] = () => [{ channel: 'wechatpay', scene: 'jsapi' }]

export const takes: Pay['takes'] = (parameters) => 'paySign' in parameters

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
