import type { FileDoor } from './file'

export const showable: FileDoor['showable'] = ['pdf']

/** 微信's own viewer, whose menu forwards the file to a friend, to mail, or saves it. */
export const showFile: FileDoor['showFile'] = async (url, token) => {
  const path = await fetched(url, token)
  await new Promise<void>((resolve, reject) => {
    uni.openDocument({ filePath: path, fileType: 'pdf', showMenu: true, success: () => resolve(), fail: () => reject(new Error('文件没有打开,请稍后再试。')) })
  })
}

function fetched(url: string, token: string): Promise<string> {
  return new Promise((resolve, reject) => {
    uni.downloadFile({
      url,
      header: { authorization: `Bearer ${token}` },
      success: ({ statusCode, tempFilePath }) =>
        statusCode === 200 ? resolve(tempFilePath) : reject(new Error('发票文件还没有准备好,请稍后再试。')),
      fail: () => reject(new Error('网络没有连上,请检查网络后再试。')),
    })
  })
}
