import type { Export } from './export'

export const handOverWord: Export['handOverWord'] = '复制我的信息'

/** To the clipboard: from there it goes into any chat or note. */
export const handOver: Export['handOver'] = (text) =>
  new Promise((resolve, reject) => {
    uni.setClipboardData({ data: text, success: () => resolve(), fail: () => reject(new Error('没有复制成功,请再试一次。')) })
  })
