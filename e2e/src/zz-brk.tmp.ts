import { ChunkBuilder, fromKube } from '@kubesift/core-signal'
import { contextsOf } from '@kubesift/core-context'
import { loadCatalogue } from '@kubesift/adapter-rules'
const catalogue = loadCatalogue('rules/problems')
const run = (name: string, items: unknown[]) => {
  const t = performance.now()
  const b = new ChunkBuilder()
  items.forEach((i, n) => { const r = fromKube(i, { offset: n, kafkaAt: 1763700000000+n }); if (r.ok && 'signal' in r) b.add('c', r.namespace, r.signal) ; else if(n<3) console.log(r)})
  const chunks = b.build({ topic: 'x', partition: 0 }, 256000)
  const out = contextsOf(chunks, catalogue)
  console.log(name, 'ms', Math.round(performance.now()-t), 'contexts', out.contexts.length, 'bytes', out.contexts.map(c => JSON.stringify(c).length), 'count', out.contexts.map(c=>c.occurrenceCount), 'chunk', Math.max(0,...chunks.map(c=>JSON.stringify(c).length)))
  return out
}
const ev = (i: number, o: object = {}) => ({ kind: 'Event', metadata: { uid: `u${i}`, name: `e${i}` , namespace: 'n'}, involvedObject: { kind: 'Deployment', namespace: 'n', name: 'web', uid: 'd1' }, reason: 'Boom', type: 'Warning', message: 'm'.repeat(2000), count: 10, firstTimestamp: '2025-11-21T01:00:00Z', lastTimestamp: '2025-11-21T02:00:00Z', ...o })
run('5000 reasons', Array.from({ length: 5000 }, (_, i) => ev(i, { reason: `R${i}` })))
run('5000 msgs', Array.from({ length: 5000 }, (_, i) => ev(i, { message: `${i}`.repeat(200) })))
run('spells', Array.from({ length: 5000 }, (_, i) => ev(i, { reason: 'BackOff', message: 'Back-off restarting failed container', involvedObject: {kind:'Pod', namespace:'n', name:'web-7d4b9c6f5-'+'x'.repeat(5), uid:'p'}, firstTimestamp: new Date(1.4e12+i*3*3600e3).toISOString(), lastTimestamp: new Date(1.4e12+i*3*3600e3).toISOString(), count: 1 })))
run('counts', [ev(1, { count: 2 ** 53 - 1 }), ev(2, { count: 2 ** 53 - 1 }), ev(3, { count: -5 }), ev(4, { count: 1e308 }), ev(5, {count: 2**31})])
run('times', [ev(1, { firstTimestamp: '9999-12-31T23:59:59Z', lastTimestamp: '1970-01-01T00:00:00Z' }), ev(2, { firstTimestamp: '1970-01-01T00:00:00Z' })])
run('pods', Array.from({ length: 5000 }, (_, i) => ev(i, { reason: 'BackOff', message: 'Back-off restarting failed container', involvedObject: {kind:'Pod', namespace:'n', name:'web-7d4b9c6f5-'+i, uid:'p'+i}})))
const pod = (o: object) => ({ kind: 'Pod', metadata: { name: 'p', namespace: 'n', uid: 'p1', creationTimestamp: '2025-11-21T01:00:00Z', ...(o as any).metadata }, spec: (o as any).spec ?? {}, status: (o as any).status ?? {} })
run('huge pod', [pod({ spec: { containers: Array.from({ length: 10000 }, (_, i) => ({ name: 'c' + i, env: Array.from({ length: 200 }, (_, j) => ({ valueFrom: { configMapKeyRef: { name: `${i}-${j}-`.padEnd(300, 'x') } } })) })) } , metadata: {labels: Object.fromEntries(Array.from({length:10000},(_, i)=>['l'+i,'v'.repeat(1000)]))}})])
run('cycle', [{kind:'ReplicaSet',metadata:{name:'a',namespace:'n',uid:'a',creationTimestamp:'2025-11-21T01:00:00Z',ownerReferences:[{kind:'ReplicaSet',name:'b',uid:'b',controller:true}]}},{kind:'ReplicaSet',metadata:{name:'b',namespace:'n',uid:'b',creationTimestamp:'2025-11-21T01:00:00Z',ownerReferences:[{kind:'ReplicaSet',name:'a',uid:'a',controller:true}]}}, ev(1,{involvedObject:{kind:'ReplicaSet',name:'a',namespace:'n',uid:'a'}})])
for (const n of ['constructor','__proto__','toString']) { const o = run('proto '+n,[ev(1,{reason:n, involvedObject:{kind:n,name:n,namespace:n,uid:n}}), {kind:n,metadata:{name:n,namespace:n,uid:n,labels:{[n]:'x'}, creationTimestamp:'2025-11-21T01:00:00Z'}, status:{conditions:[{type:n,status:'False',lastTransitionTime:'2025-11-21T01:00:00Z'}]}}]); console.log(o.contexts.map(c=>c.key))}
