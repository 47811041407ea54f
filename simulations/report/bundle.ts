/**
 * What the page brings along: its own script and style sheet, and those of uPlot, which draws. From the sources, so that
 * the page is the same whether the program that writes it was compiled or not.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { packageRoot } from '../../src/cli/package-root.ts'

/** The oldest browsers that the page is written for: those of 2022. */
const TARGET = 'es2022'

export async function bundle (): Promise<{ script: string, style: string }> {
  const root = packageRoot()
  const folder = join(root, 'simulations', 'report')
  const uplot = join(root, 'node_modules', 'uplot')
  const [notice, theirs, ours, { outputFiles: [script] }] = await Promise.all([
    readFile(join(uplot, 'LICENSE'), 'utf8'),
    readFile(join(uplot, 'dist', 'uPlot.min.css'), 'utf8'),
    readFile(join(folder, 'page.css'), 'utf8'),
    build({ entryPoints: [join(folder, 'page', 'index.ts')], bundle: true, write: false, format: 'iife', target: TARGET, minify: true, legalComments: 'none' })
  ])
  const licence = `/*! uPlot\n${notice}*/\n`
  return { script: `${licence}${script?.text}`, style: `${licence}${theirs}\n${ours}` }
}
