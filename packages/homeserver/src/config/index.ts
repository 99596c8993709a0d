/** The configuration: its schema, how it is read, and how it is written. */
export { ConfigurationError } from './error.ts'
export { defaultConfigurationFile, type LoadedConfiguration, loadConfiguration } from './load.ts'
export type { Configuration, Listener } from './schema.ts'
export { bytesOf, millisecondsOf } from './units.ts'
export { configurationFile, configurationTable } from './write.ts'
