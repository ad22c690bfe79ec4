import type { Pay, Returned } from './pay'

export const ways: Pay['ways'] = () => [{ channel: 'alipay', scene: 'jsapi' }]

export const takes: Pay['takes'] = (parameters) => 'tradeNO' in parameters

/** `my.tradePay`, with the number of the trade that the server placed. */
export const pay: Pay['pay'] = (parameters) =>
  new Promise((resolve) => {
    my.tradePay({
      tradeNO: parameters['tradeNO'] ?? '',
      success: ({ resultCode }) => resolve(returned(String(resultCode))),
      fail: () => resolve('failed'),
    })
  })

/** What the window closed with. All but the two below may have been paid (9000, and 8000, 6002, 6004 do not know themselves). */
function returned(resultCode: string): Returned {
  switch (resultCode) {
    case '6001':
      return 'cancelled'
    case '4000':
      return 'failed'
    default:
      return 'done'
  }
}
