/** How a device shows a node whose it is, at the beginning of each session. */
import { RefusedError } from '../errors.ts'
import { REFUSAL } from '../types.ts'
import type { Abortable } from '../ports.ts'
import type { Account } from './account.ts'
import type { RefusalCode } from '../types.ts'
import type { Session } from './session/session.ts'

/**
 * Attaches. A node that lost its memory, or has not seen this device, is shown the profile first. outdated: called when the
 * node knows a newer profile, which the account must have taken over when it resolves: another device of ours made it.
 */
export async function showDevice (session: Pick<Session, 'attach' | 'register'>, account: Pick<Account, 'certificate' | 'profile' | 'deliveryKey'>, { signal, outdated }: Abortable & { outdated: () => Promise<void> }): Promise<void> {
  try {
    await session.attach(account.certificate.bytes, { signal })
  } catch (error) {
    if (!isRefusedAs(error, REFUSAL.notServed)) throw error
    try {
      await session.register(account, { signal })
    } catch (refused) {
      if (!isRefusedAs(refused, REFUSAL.stale)) throw refused
      const { certificate } = account
      await outdated()
      if (account.certificate === certificate) throw refused
    }
    await session.attach(account.certificate.bytes, { signal })
  }
}

function isRefusedAs (error: unknown, code: RefusalCode): boolean {
  return error instanceof RefusedError && error.refusal.code === code
}
