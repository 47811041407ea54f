/** The page's colours, which its style sheet decides: light, dark, or for paper. */

/** name: of a custom property of page.css, without its dashes. */
export function colour (name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
}

/** Of a run, or of a measure when runs are drawn as a band. */
export function lineColour (index: number): string { return `line-${index % 5 + 1}` }
