import { onReachBottom } from '@dcloudio/uni-app'
import { computed, ref, shallowRef, watch } from 'vue'
import { sentence, useLoaded } from './load'

export interface Page<T> {
  readonly items: readonly T[]
  /** Where the next page starts; none on the last. */
  readonly next: string | null
}

/** A list that comes in pages: the first as `useLoaded` does, the others when the end is reached. */
export function usePaged<T>(name: () => string | null, ask: (cursor: string | null) => Promise<Page<T>>) {
  const first = useLoaded(name, () => ask(null))
  const later = shallowRef<readonly Page<T>[]>([])
  const loadingMore = ref(false)
  const moreTrouble = ref<string | null>(null)
  const pages = computed(() => (first.value.value === null ? [] : [first.value.value, ...later.value]))
  const items = computed(() => pages.value.flatMap((page) => page.items))
  const next = computed(() => pages.value[pages.value.length - 1]?.next ?? null)

  watch(first.value, () => (later.value = []))

  async function more(): Promise<void> {
    const cursor = next.value
    if (cursor === null || loadingMore.value) return
    loadingMore.value = true
    moreTrouble.value = null
    const start = first.value.value
    try {
      const page = await ask(cursor)
      if (first.value.value === start) later.value = [...later.value, page]
    } catch (error) {
      moreTrouble.value = sentence(error)
    } finally {
      loadingMore.value = false
    }
  }

  onReachBottom(more)
  return { ...first, items, next, more, loadingMore, moreTrouble }
}
