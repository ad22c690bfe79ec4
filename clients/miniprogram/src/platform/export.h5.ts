import type { Export } from './export'

export const handOverWord: Export['handOverWord'] = '下载我的信息'

export const handOver: Export['handOver'] = (text, name) => {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
  return Promise.resolve()
}
