import { BACKOFF, created, rollout, type Row } from './rows.ts'

const failed = (image: string, why: string): string =>
  `Failed: Failed to pull image "${image}": ${why}`
const CART = 'registry.lab.test/shop/cart:2.0.0-rc1'
export const images: readonly Row[] = [
  [
    'a tag that is not there',
    {
      problem: 'ImagePull',
      events: [
        `BackOff: Back-off pulling image "${CART}"`,
        failed(
          CART,
          `rpc error: code = NotFound desc = failed to pull and unpack image "${CART}": failed to resolve reference "${CART}": ${CART}: not found`,
        ),
        'Failed: Error: ErrImagePull',
      ],
      change: rollout,
    },
    'image-not-found',
    'image-not-found',
  ],
  [
    'a private image',
    {
      problem: 'ImagePull',
      events: [
        failed(
          'registry.lab.test/private/billing:1.0',
          'failed to pull and unpack image "registry.lab.test/private/billing:1.0": failed to resolve reference "registry.lab.test/private/billing:1.0": pulling from host 127.0.0.1:5055 failed with status code [manifests 1.0]: 401 Unauthorized',
        ),
      ],
      change: created,
    },
    'image-auth',
    'image-auth',
  ],
  [
    'a host that does not resolve',
    {
      problem: 'ImagePull',
      events: [
        failed(
          'no-such-host.lab.test/x/y:1',
          'failed to pull and unpack image "no-such-host.lab.test/x/y:1": failed to do request: Head "https://no-such-host.lab.test/v2/x/y/manifests/1": dial tcp: lookup no-such-host.lab.test on 10.255.255.53:53: no such host',
        ),
      ],
      change: created,
    },
    'registry-host-unknown',
    'registry-unreachable',
  ],
  [
    'a registry that does not answer',
    {
      problem: 'ImagePull',
      events: [
        failed(
          'r.test/a:1',
          'failed to do request: Head "https://r.test/v2/": dial tcp 10.0.0.9:443: i/o timeout',
        ),
      ],
    },
    'registry-unreachable',
    'registry-unreachable',
  ],
  [
    'an upper-case name, known by the state alone',
    {
      problem: 'ImagePull',
      events: ['Failed: Error: InvalidImageName'],
      waiting: [
        [
          'InvalidImageName',
          'Failed to apply default image tag "registry.lab.test/Shop/UPPER:1": couldn\'t parse image name "registry.lab.test/Shop/UPPER:1": invalid reference format: repository name (Shop/UPPER) must be lowercase',
        ],
      ],
      change: created,
    },
    'image-name-invalid',
    'invalid-image',
  ],
  [
    'a back-off alone',
    { problem: 'ImagePull', events: ['BackOff: Back-off pulling image "a:1"'] },
    'image-pull-unclear',
    'unknown',
  ],
]

const refused = (probe: string, port: number): string =>
  `Unhealthy: ${probe} probe failed: Get "http://10.88.0.21:${port}/ready": dial tcp 10.88.0.21:${port}: connect: connection refused`
const READY_503 = 'Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 503'
const LIVENESS =
  'Unhealthy: Liveness probe failed: Get "http://10.88.0.20:8080/healthz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
export const probes: readonly Row[] = [
  [
    'a new version that is never ready',
    { problem: 'ProbeFailure', events: [READY_503], change: rollout },
    'readiness-after-rollout',
    'bad-rollout',
  ],
  [
    '503 without a change',
    { problem: 'ProbeFailure', events: [READY_503] },
    'readiness-error',
    'dependency-down',
  ],
  [
    '503 of pods that were created not long ago, as in a cascade',
    { problem: 'ProbeFailure', events: [READY_503], change: created },
    'readiness-error',
    'dependency-down',
  ],
  [
    'refused without a change',
    { problem: 'ProbeFailure', events: [refused('Readiness', 8080)] },
    'readiness-refused',
    'app-unready',
  ],
  [
    'liveness that times out in a first deploy',
    {
      problem: 'ProbeFailure',
      events: [LIVENESS, 'Killing: Container catalog failed liveness probe, will be restarted'],
      terminations: [['Completed', 0]],
      change: created,
    },
    'liveness-timeout',
    'app-unready',
  ],
  [
    'the same, seen as a crash loop',
    {
      problem: 'CrashLoop',
      events: [BACKOFF, LIVENESS],
      terminations: [['Completed', 0]],
      change: created,
    },
    'liveness-timeout',
    'app-unready',
  ],
  [
    'a startup probe on a wrong port',
    {
      problem: 'CrashLoop',
      events: [
        BACKOFF,
        refused('Startup', 9999),
        'Killing: Container payments failed startup probe, will be restarted',
      ],
      terminations: [['Completed', 0]],
      change: created,
    },
    'startup-probe-port',
    'probe-misconfigured',
  ],
  [
    'a probe that asks a wrong path',
    {
      problem: 'ProbeFailure',
      events: ['Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 404'],
    },
    'probe-wrong-path',
    'probe-misconfigured',
  ],
]
