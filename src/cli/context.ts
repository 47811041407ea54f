/** A command's surroundings, made from its options: where the data is, where to write, whom to tell. */
import { Output } from './output.ts'
import { checkPeers, type SharedOptions } from './options.ts'
import { defaultDataDirectory, placesIn, type Places } from './places.ts'
import type { Io } from './io.ts'
import type { LogLevel } from './log-levels.ts'
import type { ComponentLogger } from '@libp2p/interface'
import type { Command } from 'commander'

export interface CommandContext<Options extends SharedOptions = SharedOptions> {
  io: Io
  options: Options
  places: Places
  out: Output
  /** For people: hints and what is not the command's result. */
  err: Output
  /** Loaded when it is first needed: a command that only attaches logs nothing. */
  logger: (level: LogLevel) => Promise<ComponentLogger>
}

export async function contextOf<Options extends SharedOptions> (io: Io, command: Command): Promise<CommandContext<Options>> {
  const options = command.optsWithGlobals<Options & { bootstrap?: string[] }>()
  // Wrong usage, whether or not the command comes to need it.
  await checkPeers('--bootstrap', options.bootstrap ?? [])
  return {
    io,
    options,
    places: placesIn(options.data ?? await defaultDataDirectory()),
    out: new Output(io.stdout, { json: options.json === true }),
    err: new Output(io.stderr),
    logger: async level => (await import('./logger.ts')).createLogger(io.stderr, options.logLevel ?? level)
  }
}
