/** Keys as the chat knows them, from what readline says of them. */

/** `text` is what was typed or pasted; every other key goes by its name. */
export type Key =
  | { name: 'text', text: string }
  | { name: KeyName }

export type KeyName =
  | 'enter' | 'newline' | 'escape' | 'tab' | 'backtab'
  | 'left' | 'right' | 'up' | 'down' | 'home' | 'end' | 'pageup' | 'pagedown' | 'wordleft' | 'wordright'
  | 'backspace' | 'delete' | 'eraseword' | 'erasetohome' | 'erasetoend'
  | 'next' | 'previous' | 'switch' | 'help' | 'redraw' | 'leave' | 'interrupt'

/** As node:readline's `keypress` event gives it. */
export interface Keypress { name?: string | undefined, sequence?: string | undefined, ctrl?: boolean, meta?: boolean, shift?: boolean }

const CONTROL: Readonly<Record<string, KeyName>> = Object.freeze({
  a: 'home',
  e: 'end',
  b: 'left',
  f: 'right',
  w: 'eraseword',
  u: 'erasetohome',
  k: 'erasetoend',
  h: 'backspace',
  d: 'leave',
  c: 'interrupt',
  l: 'redraw',
  n: 'next',
  p: 'previous',
  t: 'switch',
  left: 'wordleft',
  right: 'wordright',
  home: 'home',
  end: 'end'
})
const META: Readonly<Record<string, KeyName>> = Object.freeze({
  b: 'wordleft', f: 'wordright', left: 'wordleft', right: 'wordright', backspace: 'eraseword', return: 'newline', enter: 'newline', up: 'previous', down: 'next', escape: 'escape'
})
const PLAIN: Readonly<Record<string, KeyName>> = Object.freeze({
  return: 'enter',
  enter: 'newline',
  escape: 'escape',
  tab: 'tab',
  left: 'left',
  right: 'right',
  up: 'up',
  down: 'down',
  home: 'home',
  end: 'end',
  pageup: 'pageup',
  pagedown: 'pagedown',
  backspace: 'backspace',
  delete: 'delete',
  f1: 'help'
})

/** C0, DEL and C1: never text. */
// eslint-disable-next-line no-control-regex
const CONTROL_CHARACTERS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

/** Undefined for a key that means nothing here. */
export function keyOf (typed: string | undefined, { name, sequence, ctrl = false, meta = false, shift = false }: Keypress): Key | undefined {
  // Ctrl-C right after Escape comes as one key without a name.
  if (sequence === '\u001b\u0003') return { name: 'interrupt' }
  if (name === 'tab' && shift) return { name: 'backtab' }
  const table = ctrl ? CONTROL : meta ? META : PLAIN
  const known = name === undefined ? undefined : Object.hasOwn(table, name) ? table[name] : undefined
  if (known !== undefined) return { name: known }
  if (ctrl || meta || typed === undefined) return undefined
  const text = typedText(typed)
  return text === '' ? undefined : { name: 'text', text }
}

/** What was typed or pasted, with the line feeds of a paste and without control characters. */
export function typedText (text: string): string {
  return text.replace(/\r\n?/g, '\n').replaceAll('\t', '  ').replace(CONTROL_CHARACTERS, '')
}
