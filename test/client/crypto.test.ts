import { webCrypto } from '../../src/client/crypto.ts'
import { cryptoContract } from '../contracts/crypto.ts'

cryptoContract('webCrypto', webCrypto)
