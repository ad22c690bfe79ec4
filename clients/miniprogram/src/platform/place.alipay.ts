import type { Places } from './place'

export const hasMap: Places['hasMap'] = true

/** 支付宝's own map, which names the place. */
export const choose: Places['choose'] = () =>
  new Promise((resolve, reject) => {
    uni.chooseLocation({
      success: ({ name, address, longitude, latitude }) =>
        resolve({
          address: [...new Set([address, name].filter((part) => part))].join(' ').slice(0, 100),
          longitude: Number(longitude).toFixed(6),
          latitude: Number(latitude).toFixed(6),
        }),
      fail: (error: { errMsg?: string; error?: number }) =>
        error.error === 11 || /cancel/i.test(error.errMsg ?? '') ? resolve(null) : reject(new Error('地图没有打开,请直接填写地点。')),
    })
  })
