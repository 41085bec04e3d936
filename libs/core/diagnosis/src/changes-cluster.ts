/** What only reads, of kubectl's commands; `rollout` by its own. Whatever is not among them is taken to change something. */
const READS =
  /^kubectl(?: -n \S+)? (?:get|describe|logs|top|events|explain|api-resources|version|cluster-info|auth can-i|rollout (?:status|history)) ?/

/** Whether a command that is advised changes the cluster, so that whoever copies it knows before. */
export const changesCluster = (command: string): boolean => !READS.test(command)

/** What a reader is told beside such a command: before it, so that a copy of the line is a command still. */
export const CHANGES_CLUSTER = '(changes the cluster)'
