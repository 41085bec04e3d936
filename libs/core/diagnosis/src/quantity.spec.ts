import { expect, it } from 'vitest'
import { changesCluster } from './changes-cluster.ts'
import { distanceWords, durationWords } from './duration-words.ts'
import { isLowered, quantity } from './quantity.ts'

it.each([
  ['64Mi', 64 * 2 ** 20],
  ['0.5Gi', 2 ** 29],
  ['250m', 0.25],
  ['2', 2],
  ['lots', undefined],
  ['', undefined],
])('reads %s', (text, value) => {
  expect(quantity(text)).toBe(value)
})

it.each([
  ['128Mi', '64Mi', true],
  ['64Mi', '128Mi', false],
  ['1Gi', '1024Mi', false],
  [null, '64Mi', true],
  ['64Mi', null, false],
  ['some', '64Mi', false],
])('%s to %s is lowered: %s', (from, to, lowered) => {
  expect(isLowered(from, to)).toBe(lowered)
})

it.each([
  [-5, 'less than a second'],
  [1000, '1 second'],
  [119_000, '119 seconds'],
  [120_000, '2 minutes'],
  [7_200_000, '2 hours'],
  [172_800_000, '2 days'],
])('%i ms are %s', (ms, words) => {
  expect(durationWords(ms)).toBe(words)
})

it.each([
  // shown as :50 and :52, whatever the fractions
  [50_900, 1_100, '2 seconds before'],
  [50_000, 2_000, '2 seconds before'],
  [52_400, -400, 'less than a second before'],
  [52_400, -1_400, '1 second after'],
  [52_000, -60_000, '60 seconds after'],
])('a change at %i ms, %i ms before the first symptom, is %s', (at, distanceMs, words) => {
  expect(distanceWords({ at, distanceMs })).toBe(words)
})

it.each([
  ['kubectl -n shop rollout undo deployment/web', true],
  ['kubectl -n shop rollout status deployment/web --timeout=60s', false],
  ['kubectl -n shop rollout history deployment/web', false],
  ['kubectl -n shop logs web-1 --previous', false],
  ['kubectl get nodes -o wide', false],
  ['kubectl cordon worker-1', true],
  ['kubectl -n shop debug web-1 -it --copy-to=kubesift-debug -- sh', true],
  ['kubectl -n shop delete pod web-1', true],
])('%s changes the cluster: %s', (command, changes) => {
  expect(changesCluster(command)).toBe(changes)
})
