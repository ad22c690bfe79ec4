/** A file behind the API, shown to the person and handed on from there. */
export interface FileDoor {
  /** The kinds of file the platform can show or hand on; others stay with the mail and the browser. */
  readonly showable: readonly string[]
  /** Opens it; `name` is what it is called when it is saved or passed on. */
  showFile(url: string, token: string, name: string): Promise<void>
}
