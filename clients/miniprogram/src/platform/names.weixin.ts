export function nameElements(): void {}
