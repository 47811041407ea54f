/** Shipped classes with one method or getter replaced, for as long as a run lasts. */
import type { Undo } from './defect.ts'

type MethodOf<Target, Name extends keyof Target> = Target[Name] extends (...args: infer Args) => infer Result ? (this: Target, ...args: Args) => Result : never

/** target: a prototype. replace: gets the shipped method, whose `this` is the instance. */
export function replaceMethod<Target extends object, Name extends keyof Target> (target: Target, name: Name, replace: (shipped: MethodOf<Target, Name>) => MethodOf<Target, Name>): Undo {
  const shipped = describe(target, name)
  Object.defineProperty(target, name, { ...shipped, value: replace(shipped.value as MethodOf<Target, Name>) })
  return () => { Object.defineProperty(target, name, shipped) }
}

export function replaceGetter<Target extends object, Name extends keyof Target> (target: Target, name: Name, get: (this: Target) => Target[Name]): Undo {
  const shipped = describe(target, name)
  Object.defineProperty(target, name, { ...shipped, get })
  return () => { Object.defineProperty(target, name, shipped) }
}

/** All of them, the last first. */
export function undoAll (...undos: Undo[]): Undo {
  return () => { for (const undo of [...undos].reverse()) undo() }
}

/** An object whose every method and value is another's, but for some. */
export function overlay<Target extends object> (target: Target, replaced: Partial<Target>): Target {
  return new Proxy(target, {
    get (_, name) {
      if (name in replaced) return replaced[name as keyof Target]
      // Private fields are the target's own.
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) as unknown : value
    }
  })
}

function describe (target: object, name: PropertyKey): PropertyDescriptor {
  const descriptor = Object.getOwnPropertyDescriptor(target, name)
  if (descriptor === undefined) throw new TypeError(`there is no ${String(name)} to replace`)
  return descriptor
}
