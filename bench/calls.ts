/**
 * Calls between the process that measures and those that are measured, over the ipc channel: a name and a plain value
 * there, a plain value or a sentence back.
 */

/** What a process can be called for. */
export type Callable = Record<string, (argument: never) => unknown>

/** Over the channel. */
export type Call = { call: number, name: string, argument: unknown }
export type Reply = { call: number, result?: unknown, failure?: string }

/** Answers calls until the caller goes away, and then ends: nobody is left behind. */
export function answerCalls (callable: Callable): void {
  process.on('disconnect', () => { process.exit() })
  process.on('message', ({ call, name, argument }: Call) => {
    void answer(callable, name, argument).then(
      result => { reply({ call, result }) },
      (error: Error) => { reply({ call, failure: error.stack ?? error.message }) })
  })
}

async function answer (callable: Callable, name: string, argument: unknown): Promise<unknown> {
  const called = callable[name]
  if (called === undefined) throw new Error(`nothing answers to ${name}`)
  return await called(argument as never)
}

function reply (message: Reply): void {
  process.send?.(message)
}
