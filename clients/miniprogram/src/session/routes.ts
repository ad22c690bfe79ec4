/** The pages that are opened from others, each with what it must be given. */
export const routes = {
  home: () => '/pages/home/index',
  confirm: (billNos: readonly string[]) => `/pay/confirm?bills=${billNos.join(',')}`,
  prepay: () => '/pay/prepay',
  /** `how` is what the channel's window said, if one was open: it decides what is asked, and proves nothing. */
  result: (paymentNo: string, how: 'done' | 'cancelled' | 'failed' | 'elsewhere' = 'elsewhere') =>
    `/pay/result?no=${paymentNo}${how === 'elsewhere' ? '' : `&how=${how}`}`,
  waiting: (paymentNo: string, ahead = false) => `/pay/waiting?no=${paymentNo}${ahead ? '&ahead=1' : ''}`,
  bill: (billNo: string) => `/records/bill?no=${billNo}`,
  payments: () => '/records/payments',
  payment: (paymentNo: string) => `/records/payment?no=${paymentNo}`,
  invoices: () => '/records/invoices',
  invoice: (invoiceNo: string) => `/records/invoice?no=${invoiceNo}`,
  refunds: () => '/records/refunds',
  repairs: () => '/repair/repairs',
  repair: (repairNo: string) => `/repair/repair?no=${repairNo}`,
  report: () => '/repair/report',
  signIn: () => '/account/sign-in',
  bind: () => '/account/bind',
  households: () => '/account/households',
  settings: () => '/account/settings',
  privacy: () => '/account/privacy',
  data: () => '/account/data',
} as const

const TABS = ['/pages/home/index', '/pages/bills/index', '/pages/mine/index']

/** Opens a page on top of this one. */
export function open(url: string): void {
  if (TABS.includes(url)) uni.switchTab({ url })
  else uni.navigateTo({ url })
}

/** Opens a page in place of this one. */
export function replace(url: string): void {
  if (TABS.includes(url)) uni.switchTab({ url })
  else uni.redirectTo({ url })
}

/** Back to where one came from, or home where there is nowhere. */
export function back(): void {
  if (getCurrentPages().length > 1) uni.navigateBack({})
  else uni.switchTab({ url: routes.home() })
}

let asked = false

/** The sign-in page, once, however many requests found the session over. */
export function toSignIn(): void {
  if (asked) return
  asked = true
  uni.navigateTo({ url: routes.signIn(), complete: () => (asked = false) })
}
