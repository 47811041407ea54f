import assert from 'node:assert/strict'
import fc from 'fast-check'
import { LineSplitter, decodeReply, decodeRequest, encodeLine } from '../../../src/cli/control/frames.ts'

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('cli/control/frames', () => {
  it('cuts any byte stream into the same lines, wherever its chunks end', () => {
    fc.assert(fc.property(fc.array(fc.string({ unit: 'binary' }).map(text => text.replaceAll('\n', ' '))), fc.array(fc.nat({ max: 20 })), (lines, cuts) => {
      const bytes = encode(lines.map(line => `${line}\n`).join(''))
      const splitter = new LineSplitter()
      const found: string[] = []
      let from = 0
      for (const length of [...cuts, bytes.byteLength]) {
        found.push(...splitter.push(bytes.subarray(from, from + length)))
        from += length
      }
      assert.deepEqual(found, lines.map(line => new TextDecoder().decode(encode(line))))
    }))
  })

  it('keeps no more than one line of the limit, even if no line ever ends', () => {
    const splitter = new LineSplitter(10)
    assert.deepEqual([...splitter.push(encode('0123456789\n'))], ['0123456789'])
    assert.deepEqual([...splitter.push(encode('012345'))], [])
    assert.throws(() => [...splitter.push(encode('678901'))], { name: 'TooLargeError' })
  })

  it('gives back what it encoded', () => {
    const request = { id: 7, method: 'send', params: { text: 'a\nb' } }
    assert.deepEqual(decodeRequest(encodeLine(request).trimEnd()), request)
    assert.deepEqual(decodeRequest('{"cancel":3}'), { cancel: 3 })
    assert.deepEqual(decodeReply('{"id":1,"error":{"name":"X","message":"y"}}'), { id: 1, error: { name: 'X', message: 'y' } })
  })

  it('refuses everything else with one named error', () => {
    for (const line of ['', 'x', 'null', '[]', '{}', '{"id":0,"method":"a","params":1}', '{"id":1.5,"method":"a","params":1}', '{"id":1,"method":"","params":1}', '{"id":1,"method":"a","params":1,"more":1}', `{"id":1,"method":"${'a'.repeat(65)}","params":1}`]) {
      assert.throws(() => decodeRequest(line), { name: 'MalformedError' }, line)
    }
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), line => {
      for (const decode of [decodeRequest, decodeReply]) {
        try {
          decode(line)
        } catch (error) {
          assert.equal((error as Error).name, 'MalformedError')
        }
      }
    }))
  })
})
