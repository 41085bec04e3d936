import { z } from 'zod'

/** What `up` was asked for beyond the services: a Collector gateway, and an agent where a cluster is named. */
export const CollectorWish = z.object({
  cluster: z.object({ name: z.string().min(1), kubeconfig: z.string().min(1) }).optional(),
})
export type CollectorWish = z.infer<typeof CollectorWish>

/** The wish travels to the supervisor as an argument of its process: it is not a setting of the services. */
export const wishArgument = (wish: CollectorWish | undefined): readonly string[] =>
  wish === undefined ? [] : [JSON.stringify(wish)]

export const wishFrom = (argument: string | undefined): CollectorWish | undefined =>
  argument === undefined ? undefined : CollectorWish.parse(JSON.parse(argument))
