/** Hands a person a copy of his own data. */
export interface Export {
  /** What the button says. */
  readonly handOverWord: string
  handOver(text: string, name: string): Promise<void>
}
