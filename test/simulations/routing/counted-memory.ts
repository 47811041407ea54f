// The memory transport with a scale under it: what two nodes send each other, above what would be TCP.
import { memory } from '@libp2p/memory'
import type { MultiaddrConnection, Transport, Upgrader } from '@libp2p/interface'

export type TransportFactory = ReturnType<typeof memory>

/** onBytes: told how many bytes every write has, of whichever side. */
export function countedMemory (onBytes: (bytes: number) => void): TransportFactory {
  const count = (connection: MultiaddrConnection): MultiaddrConnection => {
    const { send } = connection
    connection.send = data => {
      onBytes(data.byteLength)
      return send.call(connection, data)
    }
    return connection
  }
  const counted = (upgrader: Upgrader): Upgrader => new Proxy(upgrader, {
    get (target, name) {
      if (name === 'upgradeInbound') return async (connection: MultiaddrConnection, options: Parameters<Upgrader['upgradeInbound']>[1]) => { await target.upgradeInbound(count(connection), options) }
      if (name === 'upgradeOutbound') return async (connection: MultiaddrConnection, options: Parameters<Upgrader['upgradeOutbound']>[1]) => await target.upgradeOutbound(count(connection), options)
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    }
  })
  return components => {
    const transport: Transport = memory()(components)
    const { dial, createListener } = transport
    transport.dial = async (address, options) => await dial.call(transport, address, { ...options, upgrader: counted(options.upgrader) })
    transport.createListener = options => createListener.call(transport, { ...options, upgrader: counted(options.upgrader) })
    return transport as ReturnType<TransportFactory>
  }
}
