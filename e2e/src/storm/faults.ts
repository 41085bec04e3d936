import { MINUTE, ownerOf, SECOND, type Script } from './script.ts'

export const crash = (script: Script, at: number, lasts: number): void => {
  const place = script.free()
  if (place === undefined) return
  const { workload, callers } = place
  const good = workload.current
  const end = at + lasts
  script.at(at, () =>
    script.cluster.rollOut(workload, { image: `${workload.name}:bad` }, at, false),
  )
  let restarts = 0
  script.insist(workload, { from: at + 5 * SECOND, to: end, every: 12 * SECOND }, (pod, now) => {
    pod.restarts += 1
    restarts += 1
    pod.waiting = {
      reason: 'CrashLoopBackOff',
      message: `back-off restarting failed container=${workload.name}`,
    }
    pod.last = { reason: 'Error', exitCode: 1, finishedAt: now - SECOND }
    if (restarts % 3 === 1) script.cluster.sayPod(pod, now)
    script.cluster.event(script.cluster.podRef(pod), {
      at: now,
      reason: 'BackOff',
      type: 'Warning',
      message: `Back-off restarting failed container ${workload.name} in pod ${pod.name}_${workload.namespace}(${pod.uid})`,
      host: pod.node.name,
    })
  })
  script.at(end, () => script.cluster.rollBack(workload, good, end))
  script.starve(callers, at, end)
  script.group(
    `crash-${ownerOf(workload)}`,
    [workload],
    callers,
    { problem: ['CrashLoop'], class: 'bad-rollout' },
    { from: at, to: end + 2 * SECOND },
  )
}

export const image = (script: Script, at: number, lasts: number): void => {
  const place = script.free()
  if (place === undefined) return
  const { workload, callers } = place
  const good = workload.current
  const end = at + lasts
  const image = `registry.example/${workload.name}:nope`
  script.at(at, () => script.cluster.rollOut(workload, { image }, at, false))
  script.insist(workload, { from: at + 3 * SECOND, to: end, every: 15 * SECOND }, (pod, now) => {
    if (pod.waiting === undefined) {
      pod.waiting = { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}"` }
      script.cluster.sayPod(pod, now)
    }
    script.cluster.event(script.cluster.podRef(pod), {
      at: now,
      reason: 'Failed',
      type: 'Warning',
      message: `Failed to pull image "${image}": rpc error: code = NotFound desc = failed to pull and unpack image: not found`,
      host: pod.node.name,
    })
  })
  script.at(end, () => script.cluster.rollBack(workload, good, end))
  script.starve(callers, at, end)
  script.group(
    `image-${ownerOf(workload)}`,
    [workload],
    callers,
    { problem: ['ImagePull'], class: 'image-not-found' },
    { from: at, to: end + 2 * SECOND },
  )
}

/** Several workloads of a namespace are rolled out against a ConfigMap that is not there. */
export const config = (script: Script, at: number, lasts: number): void => {
  const first = script.free()
  if (first === undefined) return
  const more = [script.free(first.workload.namespace)].filter((place) => place !== undefined)
  const places = [first, ...more]
  const end = at + lasts
  const configMap = `settings-${script.random.suffix(4)}`
  for (const [i, { workload, callers }] of places.entries()) {
    const good = workload.current
    const begin = at + i * 20 * SECOND
    script.at(begin, () => script.cluster.rollOut(workload, { configMap }, begin, false))
    script.insist(
      workload,
      { from: begin + 3 * SECOND, to: end, every: 15 * SECOND },
      (pod, now) => {
        if (pod.waiting === undefined) {
          pod.waiting = {
            reason: 'CreateContainerConfigError',
            message: `configmap "${configMap}" not found`,
          }
          script.cluster.sayPod(pod, now)
        }
        script.cluster.event(script.cluster.podRef(pod), {
          at: now,
          reason: 'Failed',
          type: 'Warning',
          message: `Error: configmap "${configMap}" not found`,
          host: pod.node.name,
        })
      },
    )
    script.at(end + i, () => script.cluster.rollBack(workload, good, end + i))
    script.starve(callers, begin, end)
  }
  script.group(
    `config-${configMap}`,
    places.map(({ workload }) => workload),
    places.flatMap(({ callers }) => callers),
    { problem: ['Config'], class: 'missing-config' },
    { from: at, to: end + 2 * SECOND },
  )
}

/** A kubelet dies: its pods are lost, and replaced after a minute; later it comes back. */
export const nodeDown = (script: Script, at: number): void => {
  const alive = script.cluster.nodes.filter((n) => n.ready)
  if (alive.length < 2) return
  const node = script.random.of(alive)
  const lost = script.cluster.workloads.filter((w) => w.pods.some((p) => p.node === node))
  const about = { kind: 'Node', namespace: '', name: node.name, uid: node.name }
  const back = at + 5 * MINUTE
  script.at(at, () => {
    node.ready = false
    script.cluster.sayNode(node, at)
    script.cluster.event(about, {
      at,
      reason: 'NodeNotReady',
      type: 'Normal',
      message: `Node ${node.name} status is now: NodeNotReady`,
    })
    for (const workload of lost) {
      for (const pod of workload.pods.filter((p) => p.node === node)) {
        pod.ready = false
        script.cluster.sayPod(pod, at + SECOND)
        script.cluster.event(script.cluster.podRef(pod, false), {
          at: at + SECOND,
          reason: 'NodeNotReady',
          type: 'Warning',
          message: 'Node is not ready',
        })
      }
      script.cluster.sayWorkload(workload, at + 2 * SECOND)
    }
  })
  const evicted = at + MINUTE
  script.at(evicted, () => {
    for (const workload of lost) {
      for (const pod of workload.pods.filter((p) => p.node === node)) {
        script.cluster.event(script.cluster.podRef(pod, false), {
          at: evicted,
          reason: 'TaintManagerEviction',
          type: 'Normal',
          message: `Marking for deletion Pod ${workload.namespace}/${pod.name}`,
        })
        script.cluster.endPod(pod, evicted + SECOND)
        script.cluster.startPod(workload, evicted + 2 * SECOND, true)
      }
      script.cluster.sayWorkload(workload, evicted + 3 * SECOND)
    }
  })
  script.at(back, () => {
    node.ready = true
    script.cluster.sayNode(node, back)
    script.cluster.event(about, {
      at: back,
      reason: 'NodeReady',
      type: 'Normal',
      message: `Node ${node.name} status is now: NodeReady`,
    })
  })
  script.groups.push({
    id: `node-${node.name}`,
    cause: {
      owner: `/Node/${node.name}`,
      namespace: '',
      problem: ['NodeNotReady'],
      class: 'node-down',
      class_also: [],
      owner_also: [],
      problem_events_only: [],
    },
    affected: [`/Node/${node.name}`, ...lost.map(ownerOf)],
    change: {
      kind: 'node',
      object: `Node/${node.name}`,
      at: new Date(at).toISOString(),
      summary: 'its kubelet dies',
    },
    recovered_at: new Date(back).toISOString(),
    optional: false,
    may_stay_open: [],
  })
}

/** Nothing is wrong: each old pod fails one probe while it goes. */
export const rollOut = (script: Script, at: number): void => {
  const place = script.free()
  if (place === undefined) return
  const { workload } = place
  script.at(at, () => {
    for (const pod of workload.pods)
      script.cluster.event(script.cluster.podRef(pod), {
        at,
        reason: 'Unhealthy',
        type: 'Warning',
        message: 'Readiness probe failed: dial tcp: connect: connection refused',
        host: pod.node.name,
      })
    script.cluster.rollOut(workload, { image: `${workload.name}:1.1` }, at, true)
  })
  script.benign.push(ownerOf(workload))
}
