/** Whole servers as processes, this one and Synapse: for tests across servers, and for benchmarks. */
export { freePort, type Program, ServerProcess } from './server-process.ts'
export { type SynapsePackage, synapsePackage } from './synapse-package.ts'
export { synapseSettings } from './synapse-settings.ts'
