import { NoAnswer } from '@heatpay/shared'
import type { Pictures } from './picture'

const TIMEOUT_MS = 60_000

/** 微信 makes them smaller itself. */
export const pick: Pictures['pick'] = (count) =>
  new Promise((resolve, reject) => {
    uni.chooseMedia({
      count,
      mediaType: ['image'],
      sizeType: ['compressed'],
      success: ({ tempFiles }) => resolve(tempFiles.map(({ tempFilePath }) => ({ path: tempFilePath }))),
      fail: ({ errMsg }: { errMsg?: string }) =>
        /cancel/i.test(errMsg ?? '') ? resolve([]) : reject(new Error('没有打开相册,请在设置里允许使用相机和相册。')),
    })
  })

export const send: Pictures['send'] = (url, token, { path }) =>
  new Promise((resolve, reject) => {
    uni.uploadFile({
      url,
      filePath: path,
      name: 'photo',
      header: { authorization: `Bearer ${token}` },
      timeout: TIMEOUT_MS,
      success: ({ statusCode, data }) => resolve({ status: statusCode, body: parsed(data) }),
      fail: () => reject(new NoAnswer('offline')),
    })
  })

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
