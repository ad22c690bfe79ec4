import { onShow } from '@dcloudio/uni-app'
import { ref } from 'vue'
import { sentence } from './load'
import { useSession } from './session'

/** Where a page that needs a resident stands. */
export type Standing = 'entering' | 'signed_out' | 'no_household' | 'ready' | 'trouble'

/** Signs in where that needs nobody's doing, each time the page is shown; `then` is run once there is a household. */
export function useStanding(then?: () => void) {
  const session = useSession()
  const standing = ref<Standing>(session.account === null ? 'entering' : 'ready')
  const trouble = ref('')

  async function enter(): Promise<void> {
    try {
      if (!(await session.enter())) standing.value = 'signed_out'
      else if (session.account === null) standing.value = 'no_household'
      else {
        standing.value = 'ready'
        then?.()
      }
    } catch (error) {
      trouble.value = sentence(error)
      standing.value = 'trouble'
    }
  }

  onShow(enter)
  return { standing, trouble, enter }
}
