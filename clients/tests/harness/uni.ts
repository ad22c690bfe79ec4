/** The storage of `uni`, in memory; anything else is not there. */
const storage = new Map<string, unknown>()

Object.assign(globalThis, {
  uni: {
    getStorageSync: (key: string) => storage.get(key) ?? '',
    setStorageSync: (key: string, value: unknown) => storage.set(key, JSON.parse(JSON.stringify(value))),
    removeStorageSync: (key: string) => storage.delete(key),
    getStorageInfoSync: () => ({ keys: [...storage.keys()] }),
  },
})
