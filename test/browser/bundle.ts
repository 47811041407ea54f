/** What goes to the browser: the client as any program would bundle it, and beside it the tests that use it. */
import { fileURLToPath } from 'node:url'
import { build, type BuildOptions, type Metafile, type Plugin } from 'esbuild'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Where the site has the client; the tests import it from there, so that there is one, and it is the stranger's. */
export const CLIENT_PATH = '/client.js'

/** A file for the browser, and what went into it. */
export interface Bundle { text: string, metafile: Metafile }

/** A program of one line that imports the package, bundled without any configuration. */
export async function bundleClient (): Promise<Bundle> {
  return await bundleProgram("export * from 'posthouse/client'")
}

/** The same of any other program. Rejects when it imports what no browser has. */
export async function bundleProgram (contents: string): Promise<Bundle> {
  return await bundled({ stdin: { contents, resolveDir: ROOT }, minify: true })
}

/** What runs in the page (page.ts). */
export async function bundlePage (): Promise<Bundle> {
  return await bundled({
    entryPoints: [fileURLToPath(new URL('page.ts', import.meta.url))],
    alias: { 'node:assert/strict': fileURLToPath(new URL('assert.ts', import.meta.url)) },
    plugins: [clientOutside],
    sourcemap: 'inline'
  })
}

const clientOutside: Plugin = {
  name: 'client-outside',
  setup ({ onResolve }) {
    onResolve({ filter: /\/src\/client\/index\.ts$/ }, () => ({ path: CLIENT_PATH, external: true }))
  }
}

async function bundled (options: BuildOptions): Promise<Bundle> {
  const { outputFiles, metafile } = await build({ ...options, absWorkingDir: ROOT, bundle: true, format: 'esm', write: false, metafile: true, logLevel: 'silent' })
  return { text: outputFiles?.[0]?.text ?? '', metafile }
}
