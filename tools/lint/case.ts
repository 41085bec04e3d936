/** One rule, one deliberate violation of it and the same thing done right. */
export interface Case {
  readonly rule: string
  /** The folder that the code pretends to be in; rules differ by place. */
  readonly at?: string
  readonly bad: string
  readonly good: string
  /** How its file name ends: a rule may look at that too. */
  readonly suffix?: string
}
