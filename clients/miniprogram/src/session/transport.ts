import { type Incoming, NoAnswer, type Transport } from '@heatpay/shared'

const TIMEOUT_MS = 15_000

interface Failure {
  readonly errMsg?: string
  readonly statusCode?: number
  readonly data?: unknown
}

/** `uni.request`. 支付宝 calls an answer of 400 and above a failure and hands its body along as text; uni-app names its status. */
export const transport: Transport = ({ method, url, headers, body }) =>
  new Promise<Incoming>((resolve, reject) => {
    uni.request({
      method,
      url,
      header: headers,
      ...(body === undefined ? {} : { data: body as object }),
      timeout: TIMEOUT_MS,
      success: ({ statusCode, data }) => resolve({ status: statusCode, body: parsed(data) }),
      fail: (error: Failure) => {
        if (error.statusCode !== undefined && error.statusCode >= 400) resolve({ status: error.statusCode, body: parsed(error.data) })
        else reject(new NoAnswer(/time.?out|超时/i.test(error.errMsg ?? '') ? 'timeout' : 'offline'))
      },
    })
  })

function parsed(body: unknown): unknown {
  if (typeof body !== 'string') return body
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}
