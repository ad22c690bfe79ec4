import { Problem } from '@heatpay/shared'
import type { Login } from './login'

/** 微信: the code of `wx.login` names the person to the server. It is good once, so a repeat takes a new one. */
export const silentSignIn: Login['silentSignIn'] = async (open) => {
  try {
    return await open.post('/api/session/weixin', { body: { code: await loginCode() } })
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'login_code_invalid') throw error
    return open.post('/api/session/weixin', { body: { code: await loginCode() } })
  }
}

function loginCode(): Promise<string> {
  return new Promise((resolve, reject) => {
    uni.login({
      provider: 'weixin',
      success: ({ code }) => resolve(code),
      fail: () => reject(new Error('微信没有完成登录,请稍后再试。')),
    })
  })
}
