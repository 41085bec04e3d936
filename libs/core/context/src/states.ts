import type { Context } from '@kubesift/contracts'
import type { ObjectFact } from './object-fact.ts'

const MAX = 10

/** What the states of an owner's pods say, summed up for diagnosis: who waits for what, what ended how, how many are not ready. */
export const statesOf = (pods: readonly ObjectFact[]): Context['states'] => {
  const alive = pods.filter((p) => p.deletedAt === undefined)
  const waiting = new Map<string, Context['states']['waiting'][number]>()
  for (const pod of alive) {
    for (const c of pod.object.pod?.containers ?? []) {
      if (c.waiting === undefined) continue
      const key = `${c.name}/${c.waiting.reason}`
      const before = waiting.get(key)
      waiting.set(key, { container: c.name, ...c.waiting, pods: (before?.pods ?? 0) + 1 })
    }
  }
  const terminations = new Map<string, Context['states']['terminations'][number]>()
  for (const pod of pods) {
    for (const t of pod.terminations) {
      if (t.exitCode === 0) continue
      const key = `${t.container}/${t.reason}/${t.exitCode}`
      const before = terminations.get(key)
      const newer =
        before === undefined || (t.finishedAt ?? 0) >= (before.finishedAt ?? 0) ? t : before
      terminations.set(key, { ...newer, count: (before?.count ?? 0) + 1 })
    }
  }
  const containers = alive.flatMap((p) => p.object.pod?.containers ?? [])
  return {
    waiting: [...waiting.values()].slice(0, MAX),
    terminations: [...terminations.values()].sort((a, b) => b.count - a.count).slice(0, MAX),
    restarts: containers.reduce((sum, c) => sum + c.restarts, 0),
    notReady: alive.filter((p) => p.object.pod?.conditions['Ready']?.status !== 'True').length,
    pods: alive.length,
  }
}
