/** A picture the person chose, small enough to be sent. */
export interface Picture {
  /** What an image shows it by. */
  readonly path: string
}

export interface Sent {
  readonly status: number
  readonly body: unknown
}

/** The camera and the album. */
export interface Pictures {
  /** Lets the person take or choose at most so many; none where he thinks better of it. */
  pick(count: number): Promise<readonly Picture[]>
  /** Sends one as the file `photo` of a form. Throws `NoAnswer` where none came. */
  send(url: string, token: string, picture: Picture): Promise<Sent>
}
