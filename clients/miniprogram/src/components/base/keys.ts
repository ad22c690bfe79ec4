/** Does what a tap does when Enter or the space bar is pressed; the space bar scrolls nothing then. */
export function onPressKey(act: () => void): (event: unknown) => void {
  return (event) => {
    const { key, preventDefault } = event as Partial<KeyboardEvent>
    if (key !== 'Enter' && key !== ' ') return
    preventDefault?.call(event)
    act()
  }
}
