import { onNeeded } from '@platform/privacy'
import { defineStore } from 'pinia'
import { ref } from 'vue'

/** The day of the guideline's present text: whoever agreed to an older one is asked again. */
export const GUIDELINE_OF = '2026-11-26'

const KEY = 'heatpay.privacy'

/** Consent to the privacy guideline: asked before anything personal is, and kept on the device. */
export const useConsent = defineStore('consent', () => {
  const given = ref(uni.getStorageSync(KEY) === GUIDELINE_OF)
  const asking = ref(false)
  let waiting: ((agreed: boolean) => void)[] = []

  /** Whether the person agrees; asks at most once for all who wait. */
  function ensure(): Promise<boolean> {
    return given.value ? Promise.resolve(true) : ask()
  }

  function ask(): Promise<boolean> {
    asking.value = true
    return new Promise((resolve) => waiting.push(resolve))
  }

  function answer(agreed: boolean): void {
    given.value = agreed
    if (agreed) uni.setStorageSync(KEY, GUIDELINE_OF)
    asking.value = false
    const all = waiting
    waiting = []
    all.forEach((resolve) => resolve(agreed))
  }

  /** The platform's own word counts beside ours: it asks anew where its user data was cleared. */
  function watch(): void {
    onNeeded(ask)
  }

  return { given, asking, ensure, answer, watch }
})
