import assert from 'node:assert/strict'
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makePrivateDirectory } from '../../src/store/private-directory.ts'

describe('store/private-directory', () => {
  let folder: string
  beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'posthouse-private-')) })
  afterEach(async () => { await rm(folder, { recursive: true }) })

  const mode = async (directory: string): Promise<number> => (await stat(directory)).mode & 0o777

  it('makes what is missing for its owner alone, and leaves what is there', async () => {
    await chmod(folder, 0o755)
    const directory = join(folder, 'a', 'b')
    await Promise.all([makePrivateDirectory(directory), makePrivateDirectory(directory)])
    await makePrivateDirectory(directory)
    assert.deepEqual([await mode(folder), await mode(join(folder, 'a')), await mode(directory)], [0o755, 0o700, 0o700])
  })

  it('says what is in the way', async () => {
    const file = join(folder, 'file')
    await writeFile(file, '')
    const inTheWay = { name: 'StoreFailedError', message: `${file} is not a directory` }
    await assert.rejects(makePrivateDirectory(file), inTheWay)
    await assert.rejects(makePrivateDirectory(join(file, 'a', 'b')), inTheWay)
  })

  it('comes to an end where nothing can be made', async function () {
    if (process.platform !== 'linux') return this.skip()
    await assert.rejects(makePrivateDirectory('/proc/posthouse/node'), { code: 'ENOENT' })
  })
})
