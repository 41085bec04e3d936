export { type Profile } from './backing-options.ts'
export { Daemon, type DaemonSpec, type Launch } from './daemon.ts'
export { diagnoseBacking, type Finding } from './diagnose.ts'
export { identityOf, isAlive, ProcessIdentity } from './identity.ts'
export { findJava } from './java.ts'
export { isCode, readJsonFile, removeFile, writeJsonFile } from './json-file.ts'
export { BackingFailed, MissingPrerequisite } from './missing-prerequisite.ts'
export { cacheFolder, couldMakeFolder, makeFolder, unusableFolder } from './places.ts'
export { isFree, PortBook } from './ports.ts'
export { postgresDataFolders } from './postgres.ts'
export { runCommand } from './run-command.ts'
export {
  type Backing,
  type BackingOptions,
  type BackingPlan,
  planBacking,
  startBacking,
} from './start-backing.ts'
export { livingProcess, runNames, stopByRunFile } from './run-file.ts'
export { secretsOf } from './secrets.ts'
export { stopProcess } from './stop-process.ts'
