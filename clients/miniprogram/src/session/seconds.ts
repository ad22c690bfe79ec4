import { onUnload } from '@dcloudio/uni-app'
import { ref } from 'vue'

/** Counts down by seconds, and stops with the page. */
export function useSeconds() {
  const left = ref(0)
  let timer: ReturnType<typeof setInterval> | null = null

  function stop(): void {
    if (timer !== null) clearInterval(timer)
    timer = null
  }

  function start(seconds: number): void {
    stop()
    left.value = seconds
    timer = setInterval(() => {
      left.value -= 1
      if (left.value <= 0) stop()
    }, 1000)
  }

  onUnload(stop)
  return { left, start }
}
