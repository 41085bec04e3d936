import { z } from 'zod'
import { instant, objectRefSchema } from '../shared.ts'

/** What a delivery tool brought into one namespace, as its own object says. */
export const deliverySchema = z.object({
  /** `argocd`, `flux`. */
  tool: z.string(),
  /** The Application, Kustomization or HelmRelease, which may live in another namespace. */
  involved: objectRefSchema,
  /** Its version: the members of the newest hold. */
  rv: z.string(),
  /** `Kind/name` of what it delivers here; empty: by labels alone. */
  members: z.array(z.string()).max(256),
  deployments: z
    .array(
      z.object({
        at: instant,
        /** When it began, where that is told. */
        from: instant.optional(),
        revision: z.string(),
        repository: z.string().optional(),
        path: z.string().optional(),
        package: z.string().optional(),
        by: z.string().optional(),
      }),
    )
    .max(16),
})
export type Delivery = z.infer<typeof deliverySchema>
export type Deployment = Delivery['deployments'][number]
