/** A place on the platform's own map, as it names it. */
export interface ChosenPlace {
  readonly address: string
  /** Degrees of GCJ-02 with six decimals. */
  readonly longitude: string
  readonly latitude: string
}

/** The platform's map, where it has one. */
export interface Places {
  readonly hasMap: boolean
  /** Null where the person thinks better of it. */
  choose(): Promise<ChosenPlace | null>
}
