// What a codec has counted so far: rows, and values that an allowed loss changed.
import type { Loss, Run, Tally } from '@records-mover/core/plugin'

/** Counts shared by the parts of one verb. */
export interface Counts {
  rows: number
  /** How many values each loss changed; a loss that changed none is not there. */
  losses: Record<Loss, number>
  readonly allow: ReadonlySet<Loss>
}

export function newCounts(run: Run): Counts {
  return { rows: 0, losses: {}, allow: new Set(run.allow) }
}

/** Counts a loss; false when it is not allowed. */
export function countLoss(counts: Counts, loss: Loss | undefined): boolean {
  if (loss === undefined || !counts.allow.has(loss)) return false
  counts.losses[loss] = (counts.losses[loss] ?? 0) + 1
  return true
}

export function tallyOf(counts: Counts): Tally {
  const { rows, losses } = counts
  return { rows, ...(Object.keys(losses).length > 0 && { losses: { ...losses } }) }
}
