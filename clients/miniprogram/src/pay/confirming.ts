import { onShow, onUnload } from '@dcloudio/uni-app'
import { ways } from '@platform/pay'
import { ref, watch } from 'vue'
import { type Wish, usePayment } from './run'
import type { Way } from '@/platform/pay'
import { SignedOut } from '@/session/bearer'
import { sentence } from '@/session/load'
import { replace, routes, toSignIn } from '@/session/routes'

/**
 * A page on which a payment is confirmed: how it is paid, and from the press to the result page. `reload` asks anew what the page
 * shows, where the server refused and something may have changed.
 */
export function useConfirming(reload: () => Promise<void>) {
  /** The recommended way is taken unless the person takes another. */
  const offered = ways()
  const way = ref<Way>(offered[0])
  const busy = ref(false)
  const trouble = ref('')
  const { flow, start, leave } = usePayment()
  onUnload(leave)
  onShow(() => (trouble.value = ''))

  async function confirm(wish: Wish): Promise<void> {
    if (busy.value) return
    busy.value = true
    trouble.value = ''
    try {
      await start(wish, way.value)
    } catch (error) {
      if (error instanceof SignedOut) toSignIn()
      else trouble.value = sentence(error)
    } finally {
      busy.value = false
    }
  }

  /** The payment exists: the result page goes on with it, and may be opened again. */
  watch(flow, (now) => {
    if (now === null) return
    if (now.at === 'refused') {
      trouble.value = now.sentence
      if (now.code === 'payment_open' && now.about) replace(routes.result(now.about))
      else void reload()
    } else if (now.at !== 'placing' && now.at !== 'at_channel') {
      leave()
      replace(routes.result(now.paymentNo, now.at === 'asking' ? now.returned : 'elsewhere'))
    }
  })

  return { offered, way, busy, trouble, confirm }
}
