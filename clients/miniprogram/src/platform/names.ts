/** Gives the elements of uni-app itself the names a screen reader says. Where the platform does so, nothing. */
export declare function nameElements(): void
