/** QR codes in a terminal: two modules a character, black on white whatever the terminal's colours are. */
import { renderUnicodeCompact } from 'uqr'
import { styleText } from 'node:util'

/** Rows of characters, with the margin that scanners want; the blocks are the light modules, white on black. */
export function qrRows (text: string): string[] {
  return renderUnicodeCompact(text, { border: 2, ecc: 'L' }).split('\n')
}

/** A row as it goes to a stream: its colours are part of the code, so they are there even where others are not wanted. */
export function paintedQrRow (row: string): string {
  return styleText(['whiteBright', 'bgBlack'], row, { validateStream: false })
}
