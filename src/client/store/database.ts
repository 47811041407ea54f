/** Where a client in Node keeps its store. In browsers database.browser.ts stands in (package.json, `browser`). */
import { Level } from 'level'
import type { Database } from './shelf.ts'

/** Opens the LevelDB in a folder, which one process at a time may do. Rejects with what LevelDB says. */
export async function openDatabase (folder: string, { createIfMissing }: { createIfMissing: boolean }): Promise<Database> {
  const database = new Level<string, string>(folder, { createIfMissing }) as unknown as Database
  await database.open()
  return database
}
