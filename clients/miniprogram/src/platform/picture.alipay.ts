import { NoAnswer } from '@heatpay/shared'
import type { Pictures } from './picture'

/** 支付宝 makes them smaller itself. */
export const pick: Pictures['pick'] = (count) =>
  new Promise((resolve, reject) => {
    uni.chooseImage({
      count,
      sizeType: ['compressed'],
      success: ({ tempFilePaths }) => resolve([tempFilePaths].flat().map((path) => ({ path }))),
      fail: (error: { errMsg?: string; error?: number }) =>
        // 11: the person closed it.
        error.error === 11 || /cancel/i.test(error.errMsg ?? '')
          ? resolve([])
          : reject(new Error('没有打开相册,请在设置里允许使用相机和相册。')),
    })
  })

export const send: Pictures['send'] = (url, token, { path }) =>
  new Promise((resolve, reject) => {
    uni.uploadFile({
      url,
      filePath: path,
      name: 'photo',
      fileType: 'image',
      header: { authorization: `Bearer ${token}` },
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
