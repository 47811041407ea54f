/** What all command lines here share: numbers as options, and that wrong usage is exit code 2. */
import { InvalidArgumentError, type CommanderError } from 'commander'

/** commander's parser of whole numbers of at least `min`. */
export function whole (min: number, max = Number.MAX_SAFE_INTEGER): (value: string) => number {
  return value => {
    const number = Number(value)
    if (!/^\d+$/.test(value) || number < min || number > max) throw new InvalidArgumentError(`It must be a whole number from ${min}${max === Number.MAX_SAFE_INTEGER ? ' on' : ` to ${max}`}.`)
    return number
  }
}

/** … of numbers above zero, with or without a fraction. */
export function positive (value: string): number {
  const number = Number(value)
  if (!(number > 0 && number < Infinity)) throw new InvalidArgumentError('It must be a number above 0.')
  return number
}

/** For `exitOverride`, where commander has said what is wrong; help is no mistake. */
export function exitForUsage ({ exitCode }: CommanderError): never {
  process.exit(exitCode === 0 ? 0 : 2)
}
