import { problemOf } from '@heatpay/shared'
import { send } from '@platform/picture'
import type { Picture } from '@/platform/picture'
import { api, useSession } from '@/session/session'

/** The most a report takes. */
export const MAX_PHOTOS = 6

const BASE = import.meta.env.VITE_API_BASE

function photosOf(repairNo: string): string {
  return `${BASE}/api/repairs/${encodeURIComponent(repairNo)}/photos`
}

function token(): string {
  return useSession().kept?.accessToken ?? ''
}

/** Adds a photo to a report; the same again is the same photo. Throws `Problem` or `NoAnswer`. */
export async function addPhoto(repairNo: string, picture: Picture): Promise<void> {
  // Asked first, so that the token shown with the form is a good one.
  await api.get('/api/repairs/{repair_no}', { path: { repair_no: repairNo } })
  const { status, body } = await send(photosOf(repairNo), token(), picture)
  if (status < 200 || status >= 300) throw problemOf(status, body)
}

/** A file on the device with the photo in it: an image cannot show a token. Empty where it does not come. */
export function photoShown(repairNo: string, photoId: string): Promise<string> {
  return new Promise((resolve) => {
    uni.downloadFile({
      url: `${photosOf(repairNo)}/${photoId}`,
      header: { authorization: `Bearer ${token()}` },
      success: ({ statusCode, tempFilePath }) => resolve(statusCode === 200 ? tempFilePath : ''),
      fail: () => resolve(''),
    })
  })
}
