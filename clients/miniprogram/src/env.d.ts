/// <reference types="vite/client" />

interface ImportMetaEnv {
  /** Where the API is; empty on the pages' own origin. */
  readonly VITE_API_BASE: string
  /** The company's name as residents know it. */
  readonly VITE_COMPANY_NAME: string
  /** Its service phone. */
  readonly VITE_SERVICE_PHONE: string
  /** The subscribe messages' templates, separated by commas. */
  readonly VITE_TEMPLATE_IDS: string
}

/** 微信's own names, where `uni` has none. */
declare const wx: unknown

/** 支付宝's own names, where `uni` has none or takes from their answers. */
declare const my: {
  getAuthCode(call: { scopes: 'auth_base'; success: (given: { authCode: string }) => void; fail: () => void }): void
  tradePay(call: { tradeNO: string; success: (closed: { resultCode: string | number }) => void; fail: () => void }): void
}
