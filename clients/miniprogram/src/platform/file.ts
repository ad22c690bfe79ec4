/** A file behind the API, shown to the person and handed on from there. */
export interface FileDoor {
  /** Opens it; `name` is what it is called when it is saved or passed on. */
  showFile(url: string, token: string, name: string): Promise<void>
}
