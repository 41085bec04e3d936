import { copyFileSync, readdirSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'

/** A log grows to this, then it becomes `<name>.log.1` and starts anew. */
export const LOG_BOUND = 10 * 1024 * 1024

/**
 * Copies and truncates, because the writer keeps its file open (in append mode, so it goes on at the new end). What it
 * writes between the two steps is lost: a few lines of ten megabytes, against a handshake with every program.
 */
export const rotateLogs = (folder: string, bound = LOG_BOUND): readonly string[] => {
  const grown = readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .filter((name) => statSync(join(folder, name)).size > bound)
  for (const name of grown) {
    copyFileSync(join(folder, name), join(folder, `${name}.1`))
    truncateSync(join(folder, name))
  }
  return grown
}
