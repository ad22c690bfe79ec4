import type { Client, components } from '@heatpay/shared'

export type SessionReply = components['schemas']['SessionReply']

/** How a platform signs a person in. */
export interface Login {
  /** Without asking the person anything; null where the platform cannot. */
  silentSignIn(open: Client): Promise<SessionReply | null>
}
