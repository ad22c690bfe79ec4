import { defineStore } from 'pinia'
import { ref } from 'vue'

/** Whether the device has a network, as it says itself. */
export const useNetwork = defineStore('network', () => {
  const online = ref(true)

  function watch(): void {
    uni.getNetworkType({ success: ({ networkType }) => (online.value = networkType !== 'none') })
    uni.onNetworkStatusChange(({ isConnected }) => (online.value = isConnected))
    // #ifdef H5
    window.addEventListener('offline', () => (online.value = false))
    window.addEventListener('online', () => (online.value = true))
    // #endif
  }

  return { online, watch }
})
