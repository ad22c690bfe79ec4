import { NoAnswer } from '@heatpay/shared'
import type { Picture, Pictures } from './picture'

/** The longer side of what is sent, in pixels. */
const SIDE = 1600
const QUALITY = 0.8

const chosen = new Map<string, Blob>()

export const pick: Pictures['pick'] = async (count) => {
  const files = (await filesFrom(count)).slice(0, count)
  return Promise.all(files.map(async (file) => kept(await smaller(file))))
}

export const send: Pictures['send'] = async (url, token, { path }) => {
  const form = new FormData()
  form.append('photo', chosen.get(path) ?? new Blob(), 'photo')
  const request = { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: form }
  const answer = await fetch(url, request).catch(() => {
    throw new NoAnswer('offline')
  })
  return { status: answer.status, body: await answer.json().catch(() => null) }
}

/** The browser's own choice of files, which offers the camera on a phone. */
function filesFrom(count: number): Promise<File[]> {
  return new Promise((resolve) => {
    const input = document.createElement('input')
    input.type = 'file'
    input.accept = 'image/*'
    input.multiple = count > 1
    input.addEventListener('change', () => resolve([...(input.files ?? [])]))
    input.addEventListener('cancel', () => resolve([]))
    input.click()
  })
}

/** Drawn anew, the right way up: smaller, and without what the camera wrote. What cannot be drawn is sent as it is. */
async function smaller(file: File): Promise<Blob> {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
    const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height))
    const canvas = document.createElement('canvas')
    canvas.width = Math.max(1, Math.round(picture.width * scale))
    canvas.height = Math.max(1, Math.round(picture.height * scale))
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height)
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY))
    return blob ?? file
  } catch {
    return file
  }
}

function kept(blob: Blob): Picture {
  const path = URL.createObjectURL(blob)
  chosen.set(path, blob)
  return { path }
}
