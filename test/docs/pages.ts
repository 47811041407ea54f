// The pages that people read, and the code in them.
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The repository's folder. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

export interface Page { name: string, text: string }

/** Every page for people, by its place in the repository. */
export const PAGES: Page[] = globSync(['*.md', 'docs/**/*.md'], { cwd: ROOT }).sort().map(name => ({ name, text: readFileSync(`${ROOT}${name}`, 'utf8') }))

/** What stands in the page's fences of this language; '' is a fence without one. */
export function fenced ({ text }: Page, language: string): string[] {
  return [...text.matchAll(/^```([^\n]*)\n(.*?)^```$/gms)].filter(([, info]) => info === language).map(([, , code]) => code ?? '')
}

/** What the page's sentences and tables have between backticks. */
export function inlineCode ({ text }: Page): string[] {
  const prose = text.replace(/^```[^\n]*\n.*?^```$/gms, '')
  return [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code ?? '')
}
