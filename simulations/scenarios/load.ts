/** Scenarios by name, or from a file of one's own. What is wrong with one is told in one sentence. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { z } from 'zod'
import { packageRoot } from '../../src/cli/package-root.ts'
import { scenarioSchema, type Scenario } from './scenario.ts'

const DIRECTORY = join(packageRoot(), 'simulations', 'scenarios')
const EXTENSION = '.json'

/** A scenario that is not there, or does not say what it must. */
export class ScenarioError extends Error { override readonly name = 'ScenarioError' }

/** Of the scenarios that come with the project, in alphabetical order. */
export function scenarioNames (): string[] {
  return readdirSync(DIRECTORY).filter(file => file.endsWith(EXTENSION)).map(file => basename(file, EXTENSION)).sort()
}

/** By its name, or by the path of a JSON file. Throws ScenarioError. */
export function loadScenario (name: string): Scenario {
  const isFile = name.endsWith(EXTENSION)
  if (!isFile && !scenarioNames().includes(name)) throw new ScenarioError(`there is no scenario “${name}”; there are ${scenarioNames().join(', ')}`)
  return parseScenario(name, read(isFile ? name : join(DIRECTORY, name + EXTENSION)))
}

/** Throws ScenarioError, with the first thing that is wrong. */
export function parseScenario (name: string, text: string): Scenario {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new ScenarioError(`scenario “${name}” is not JSON: ${(error as Error).message}`)
  }
  const parsed = scenarioSchema.safeParse(json)
  if (parsed.success) return parsed.data
  throw new ScenarioError(`scenario “${name}” is wrong${sentenceOf(parsed.error.issues[0])}`)
}

function read (path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new ScenarioError(`the scenario file ${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`)
  }
}

function sentenceOf (issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return ''
  const place = issue.path.map(String).join('.')
  return `${place === '' ? '' : ` at ${place}`}: ${issue.message.replace(/^Invalid input: /, '')}`
}
