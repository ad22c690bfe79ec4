import type { FileDoor } from './file'

export const showable: FileDoor['showable'] = ['pdf', 'ofd', 'xml']

/** A phone's browser passes the file on by its own sheet (mail, chat, files); any other saves it. */
export const showFile: FileDoor['showFile'] = async (url, token, name) => {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } }).catch(() => {
    throw new Error('网络没有连上,请检查网络后再试。')
  })
  if (!answer.ok) throw new Error('发票文件还没有准备好,请稍后再试。')
  const file = new File([await answer.blob()], name, { type: answer.headers.get('content-type') ?? 'application/pdf' })
  if (navigator.canShare?.({ files: [file] }) === true && (await shared(file))) return
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

/** Whether the person was shown the sheet; closing it is an answer too. */
async function shared(file: File): Promise<boolean> {
  try {
    await navigator.share({ files: [file], title: file.name })
    return true
  } catch (error) {
    return error instanceof DOMException && error.name === 'AbortError'
  }
}
