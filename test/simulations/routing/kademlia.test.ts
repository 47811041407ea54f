import { ModelledNetwork } from '../../../simulations/calibration/modelled.ts'
import { RealNetwork } from '../../../simulations/calibration/real.ts'
import { kademliaContract, SMALL_TABLES } from './kademlia-contract.ts'

kademliaContract('the model', () => new ModelledNetwork('contract', SMALL_TABLES), { nodes: 20 })
kademliaContract('the model, larger', () => new ModelledNetwork('contract', SMALL_TABLES), { nodes: 50 })
kademliaContract('real libp2p nodes', () => new RealNetwork(SMALL_TABLES, 'contract'), { nodes: 18 })
