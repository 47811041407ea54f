/** `posthouse export FILE`: everything that the user owns, in one encrypted file. */
import { Command, Option } from 'commander'
import { contextOf } from '../context.ts'
import { addUserOptions } from '../options.ts'
import type { ArchiveOptions } from '../archive.ts'
import type { Io } from '../io.ts'

export function exportCommand (io: Io): Command {
  const command = addUserOptions(new Command('export'))
    .description('write everything that you own, keys and messages, to one encrypted file')
    .argument('<file>', 'must not exist yet')
    .addOption(exportPassphraseOption())
  return command.action(async (file: string) => {
    const context = await contextOf<ArchiveOptions>(io, command)
    const { exportTo } = await import('../archive.ts')
    await exportTo(context, file)
  })
}

export function importCommand (io: Io): Command {
  const command = addUserOptions(new Command('import'))
    .description('take in what was exported: nothing is there twice afterwards')
    .argument('<file>', 'what `posthouse export` wrote')
    .addOption(exportPassphraseOption())
  return command.action(async (file: string) => {
    const context = await contextOf<ArchiveOptions>(io, command)
    const { importFrom } = await import('../archive.ts')
    await importFrom(context, file)
  })
}

function exportPassphraseOption (): Option {
  return new Option('--export-passphrase-file <file>', 'read the passphrase of the exported file from the first line of a file (or set POSTHOUSE_EXPORT_PASSPHRASE)')
}
