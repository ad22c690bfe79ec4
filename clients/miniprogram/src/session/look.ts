import { defineStore } from 'pinia'
import { ref } from 'vue'

const KEY = 'heatpay.large'

/** Large text, chosen once and kept on the device. */
export const useLook = defineStore('look', () => {
  const large = ref(uni.getStorageSync(KEY) === true)

  function setLarge(on: boolean): void {
    large.value = on
    uni.setStorageSync(KEY, on)
  }

  return { large, setLarge }
})
