import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { ScaleOrder, ScaleResult } from './scale-child.ts'

/** Contexts that are open at the same time. */
export const SCALE_SIZES: readonly number[] = [1_000, 10_000, 100_000]

export interface Scale {
  readonly measured: readonly ScaleResult[]
  /** Of CPU over contexts, both in logarithms: 1 is linear. */
  readonly slope: number
  readonly bytesPer100k: number
}

const CHILD = fileURLToPath(new URL('./scale-child.ts', import.meta.url))
/** 100,000 contexts with all their objects take some 5 GB, and a garbage collector needs room beside them. */
const MAX_HEAP_MB = 12_000

/** The slope of the line that lies nearest to these points, both coordinates in logarithms (least squares). */
export const logLogSlope = (points: readonly (readonly [x: number, y: number])[]): number => {
  const logs = points.map(([x, y]): readonly [number, number] => [Math.log(x), Math.log(y)])
  const meanX = logs.reduce((sum, [x]) => sum + x, 0) / logs.length
  const meanY = logs.reduce((sum, [, y]) => sum + y, 0) / logs.length
  const over = logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0)
  return over / logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
}

/** What it costs to keep so many contexts open: the core in a process of its own for each size, fed by labelled storms. */
export const benchScale = async (
  sizes: readonly number[],
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<Scale> => {
  const measured: ScaleResult[] = []
  for (const contexts of sizes) {
    log(`measuring: ${contexts} open contexts`)
    measured.push(await inChild({ contexts }, signal))
  }
  const largest = measured.at(-1)
  return {
    measured,
    slope: logLogSlope(measured.map(({ contexts, cpuMs }) => [contexts, cpuMs])),
    bytesPer100k: largest === undefined ? NaN : (largest.bytes / largest.contexts) * 100_000,
  }
}

const inChild = (order: ScaleOrder, signal: AbortSignal): Promise<ScaleResult> =>
  new Promise((resolve, reject) => {
    const child = fork(CHILD, [JSON.stringify(order)], {
      execArgv: [
        '--conditions=source',
        '--disable-warning=ExperimentalWarning',
        '--expose-gc',
        `--max-old-space-size=${MAX_HEAP_MB}`,
      ],
      signal,
    })
    child.once('message', (result) => resolve(result as ScaleResult))
    child.once('error', reject)
    child.once('exit', (code) =>
      reject(
        new Error(
          `${order.contexts} contexts could not be measured: the process ended with ${code ?? 'a signal'}; is there memory for them?`,
        ),
      ),
    )
  })
