/** A part of the way of something that takes a while. */
export interface Step {
  readonly text: string
  readonly standing: 'done' | 'ahead' | 'bad'
  readonly at?: string
  readonly note?: string
}
