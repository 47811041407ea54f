/** Markup that cannot be broken by what is put into it: text is escaped unless it is markup itself. */

export class Html {
  constructor (readonly text: string) {}
}

type Part = Html | string | number | Part[] | undefined

/** html`<p>${text}</p>`: text is escaped; what `html` made, and lists of it, are taken as they are. */
export function html (strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(String.raw({ raw: strings }, ...parts.map(markup)))
}

/** For a JSON script element: nothing in it can end the element. */
export function json (value: unknown): Html {
  return new Html(JSON.stringify(value).replaceAll('<', '\\u003c'))
}

function markup (part: Part): string {
  if (part === undefined) return ''
  if (part instanceof Html) return part.text
  if (Array.isArray(part)) return part.map(markup).join('')
  return String(part).replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}
