import { onPullDownRefresh, onShow } from '@dcloudio/uni-app'
import { NoAnswer } from '@heatpay/shared'
import { type Ref, computed, ref, shallowRef, watch } from 'vue'
import { SignedOut } from './bearer'
import { keepSeen, seenBefore } from './kept'
import { toSignIn } from './routes'

export interface Loaded<T> {
  /** What to show: what was seen last time, until the fresh answer is there. */
  readonly value: Readonly<Ref<T | null>>
  /** What is shown is from the server and of now. */
  readonly fresh: Readonly<Ref<boolean>>
  /** The sentence to show where nothing came. */
  readonly trouble: Readonly<Ref<string | null>>
  readonly offline: Readonly<Ref<boolean>>
  readonly waiting: Readonly<Ref<boolean>>
  /** Asks again, unless it is being asked. */
  load(): Promise<void>
}

/**
 * A page's data: first what was seen before under `name`, then the server's answer. Asked each time the page is shown, and
 * never twice at the same time; not asked while there is no name.
 */
export function useLoaded<T>(name: () => string | null | false, ask: () => Promise<T>): Loaded<T> {
  const value = shallowRef<T | null>(null)
  const of = ref<string | null>(null)
  const fresh = ref(false)
  const error = shallowRef<unknown>(null)
  const asking = ref(false)

  async function load(): Promise<void> {
    const what = name() || null
    if (what === null || (asking.value && of.value === what)) return
    if (of.value !== what) {
      of.value = what
      value.value = seenBefore<T>(what)
      fresh.value = false
    }
    asking.value = true
    try {
      const answer = await ask()
      if (of.value !== what) return
      value.value = answer
      fresh.value = true
      error.value = null
      keepSeen(what, answer)
    } catch (problem) {
      if (problem instanceof SignedOut) toSignIn()
      else if (of.value === what) error.value = problem
    } finally {
      if (of.value === what) asking.value = false
      uni.stopPullDownRefresh()
    }
  }

  onShow(load)
  onPullDownRefresh(load)
  watch(name, load)

  return {
    value,
    fresh,
    trouble: computed(() => (error.value === null ? null : sentence(error.value))),
    offline: computed(() => error.value instanceof NoAnswer),
    waiting: computed(() => asking.value && value.value === null),
    load,
  }
}

/** What to tell a person about an error. */
export function sentence(error: unknown): string {
  return error instanceof Error && /[\u4e00-\u9fff]/.test(error.message) ? error.message : '出了点问题,请稍后再试。'
}
