import { Problem } from '@heatpay/shared'
import type { Login } from './login'

/** 支付宝: the code of `my.getAuthCode` names the person to the server. It is good once, so a repeat takes a new one. */
export const silentSignIn: Login['silentSignIn'] = async (open) => {
  try {
    return await open.post('/api/session/alipay', { body: { code: await authCode() } })
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'login_code_invalid') throw error
    return open.post('/api/session/alipay', { body: { code: await authCode() } })
  }
}

/** `auth_base` asks the person nothing. */
function authCode(): Promise<string> {
  return new Promise((resolve, reject) => {
    my.getAuthCode({
      scopes: 'auth_base',
      success: (given) => resolve(given.authCode),
      fail: () => reject(new Error('支付宝没有完成登录,请稍后再试。')),
    })
  })
}
