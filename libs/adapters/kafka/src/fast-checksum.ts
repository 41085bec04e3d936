import { createRequire } from 'node:module'
import { crc32c } from './crc32c.ts'

/**
 * kafkajs 2.2.4 checksums what it writes byte by byte, each waiting for the one before. Its function is exchanged before the rest of it is
 * loaded and takes it in: imported for that effect, first of all. Where kafkajs was there before, it goes on with its own.
 */
const require = createRequire(import.meta.url)
const path = 'kafkajs/src/protocol/recordBatch/crc32C'
require(path)
const loaded = require.cache[require.resolve(path)]
if (loaded !== undefined) loaded.exports = crc32c
