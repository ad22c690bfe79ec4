import { onHide, onShow, onUnload } from '@dcloudio/uni-app'

/** Does something every few seconds while the page is shown and it is wanted, a bounded number of times. */
export function useRepeat(act: () => Promise<void>, wanted: () => boolean, { everyMs = 3000, times = 40 } = {}) {
  let timer: ReturnType<typeof setInterval> | null = null
  let left = times

  function stop(): void {
    if (timer !== null) clearInterval(timer)
    timer = null
  }

  onShow(() => {
    left = times
    timer ??= setInterval(() => {
      if (!wanted()) return
      if (left-- > 0) void act()
      else stop()
    }, everyMs)
  })
  onHide(stop)
  onUnload(stop)
}
