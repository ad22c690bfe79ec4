/** Messages that a platform sends only to who has asked for them. */
export interface Notices {
  readonly canAskForNotices: boolean
  /** Which of the templates the person accepted just now. */
  ask(templateIds: readonly string[]): Promise<string[]>
}
