/** The simulator: many room servers over a simulated network, clock and disk, from one seed. */
export { type SimulationOptions, type SimulationReport, simulate } from './simulation.ts'
