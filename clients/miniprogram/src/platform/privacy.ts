/** How a platform asks for consent to its privacy guideline before it hands out anything personal. */
export interface Privacy {
  /** Tells `ask` whenever the platform itself waits for consent; the answer is given to it. */
  onNeeded(ask: () => Promise<boolean>): void
  /** The id of the button whose press the platform takes for consent, where it has such a rule. */
  readonly agreeButton: string | null
}
