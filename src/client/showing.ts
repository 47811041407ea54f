/** How a device shows a node whose it is, at the beginning of each session. */
import { RefusedError } from '../errors.ts'
import { REFUSAL } from '../types.ts'
import type { Abortable } from '../ports.ts'
import type { Account } from './account.ts'
import type { Session } from './session/session.ts'

/**
 * Attaches. A node that lost its memory, or has not seen this device, is shown the profile first. revoked: told when the
 * node knows a profile that leaves this device out.
 */
export async function showDevice (session: Session, { certificate, profile }: Pick<Account, 'certificate' | 'profile'>, { signal, revoked }: Abortable & { revoked: () => void }): Promise<void> {
  try {
    await session.attach(certificate.bytes, { signal })
  } catch (error) {
    if (!(error instanceof RefusedError) || error.refusal.code !== REFUSAL.notServed) throw error
    await session.register(profile.bytes, { signal }).catch((refused: Error) => {
      if (refused instanceof RefusedError && refused.refusal.code === REFUSAL.stale) revoked()
      throw refused
    })
    await session.attach(certificate.bytes, { signal })
  }
}
