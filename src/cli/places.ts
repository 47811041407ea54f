/**
 * Where things are: `node/` and `user/` in the data directory, each with the control socket of the process that has it
 * open. A socket's path must fit into the kernel's sun_path: where the data directory is too deep, the socket lies in the
 * runtime directory, named by a hash of the place that it stands for. On Windows it is a named pipe.
 */
import { createHash } from 'node:crypto'
import { lstat, realpath } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import { makePrivateDirectory } from '../store/private-directory.ts'
import { CONTROL_DEFAULTS } from './defaults.ts'
import { CommandFailedError } from './failures.ts'

export interface Places {
  /** The data directory, absolute. */
  data: string
  node: string
  user: { directory: string, key: string, store: string }
}

export function placesIn (data: string): Places {
  const directory = resolve(data)
  const user = join(directory, 'user')
  return {
    data: directory,
    node: join(directory, 'node'),
    user: { directory: user, key: join(user, 'device.key'), store: join(user, 'store') }
  }
}

/** The platform's own place for a program's data. */
export async function defaultDataDirectory (): Promise<string> {
  const { default: envPaths } = await import('env-paths')
  return envPaths('posthouse', { suffix: '' }).data
}

/** The control socket of `directory`, or undefined while there is no such directory. */
export async function controlSocketOf (directory: string): Promise<string | undefined> {
  const real = await realpath(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw error
  })
  if (real === undefined) return undefined
  const digest = createHash('sha256').update(real).digest('hex').slice(0, 32)
  if (process.platform === 'win32') return `\\\\.\\pipe\\posthouse-${digest}`
  const beside = join(real, 'control.sock')
  if (Buffer.byteLength(beside) <= CONTROL_DEFAULTS.socketPathBytes) return beside
  return join(await runtimeDirectory(), `${digest}.sock`)
}

/** XDG_RUNTIME_DIR belongs to its user alone; anywhere else that must be made sure of. */
async function runtimeDirectory (): Promise<string> {
  const given = process.env['XDG_RUNTIME_DIR']
  const { uid } = userInfo()
  const directory = given !== undefined && given !== '' ? join(given, 'posthouse') : join(tmpdir(), `posthouse-${uid}`)
  await makePrivateDirectory(directory)
  const found = await lstat(directory)
  if (!found.isDirectory() || found.uid !== uid || (found.mode & 0o077) !== 0) {
    throw new CommandFailedError(`${directory} must be a directory that only you can enter: its owner or mode is wrong`)
  }
  return directory
}
