/** @file Which column of statistics lies in which reserved column of the engine. */
import type { Engine, LevelQuestion } from '../engine/types.ts';
import { combinationKey } from './combinations.ts';
import type { AskedQuestion, Combination } from './combinations.ts';
import { columnKey } from './ctr-columns.ts';
import type { CtrColumn, StatisticChoice } from './ctr-columns.ts';
import { statisticBorders } from './target-statistics.ts';
import type { StatisticSpec } from './target-statistics.ts';

/** A column with its bins by one order of the rows, and how many combinations it tells apart. */
export interface FilledColumn {
  readonly column: CtrColumn;
  readonly bins: Uint8Array;
  readonly size: number;
}

export interface Slots {
  /** columns to reserve */
  readonly count: number;
  /** shape (columns + slots): factor on scores */
  readonly factor: Float64Array;
  /**
   * Fills slots with the columns of the `wanted` combinations and empties the others, but for those that `asked` holds.
   * @param order number of the rows' order the bins are made by; at the root of a tree columns of another order go
   */
  show(
    wanted: readonly Combination[],
    asked: readonly LevelQuestion[],
    order: number,
    make: (combination: Combination) => readonly FilledColumn[],
    engine: Pick<Engine, 'setSlot'>,
  ): void;
  /** Sets factors: a statistic not used yet counts less the more combinations it tells apart (model_size_reg). */
  weigh(isUsed: (column: CtrColumn) => boolean, strength: number): void;
  /** The statistic in an engine's column; null for a column of the input. */
  at(column: number): CtrColumn | null;
  read(question: LevelQuestion): AskedQuestion;
}

interface Held {
  readonly column: CtrColumn;
  readonly size: number;
  /** combination, column and order: equal for equal bins */
  readonly combination: string;
  readonly stamp: string;
}

export interface SlotPlan {
  /** columns of the input, which come before the slots */
  readonly inputs: number;
  /** columns that statistics are made of */
  readonly combined: readonly number[];
  readonly choice: StatisticChoice;
  readonly maxComplexity: number;
  /** slots at most */
  readonly most: number;
  /** class borders or buckets that a spec counts */
  readonly bordersOf: (spec: StatisticSpec) => number;
}

/** trees are seldom deeper, and every question of a tree may become a base that is joined with every column */
const basesPerTree = 8;

export function createSlots({ inputs, combined, choice, maxComplexity, most, bordersOf }: SlotPlan): Slots {
  const width = (specs: readonly StatisticSpec[]): number =>
    specs.reduce((sum, spec) => sum + spec.priors.length * bordersOf(spec), 0);
  const simple = combined.length * width(choice.simple);
  const grown = maxComplexity > 1 ? combined.length * width(choice.combined) * basesPerTree : 0;
  const count = simple + Math.max(0, Math.min(grown, most - simple));
  const holds = new Array<Held | null>(count).fill(null);
  const factor = new Float64Array(inputs + count).fill(1);
  const none = { bins: new Uint8Array(0), borders: new Float64Array(0) };

  const empty = (slot: number, engine: Pick<Engine, 'setSlot'>): void => {
    holds[slot] = null;
    engine.setSlot(slot, none.bins, none.borders);
  };

  return {
    count,
    factor,
    show(wanted, asked, order, make, engine) {
      const keep = new Set(asked.map(({ column }) => column - inputs));
      const keys = new Set(wanted.map(combinationKey));
      const present = new Set<string>();
      const whole = new Set<string>();
      holds.forEach((held, slot) => {
        if (held === null) return;
        const stale = !held.stamp.startsWith(`${order}#`) || !keys.has(held.combination);
        if (stale && !keep.has(slot)) empty(slot, engine);
        else {
          present.add(held.stamp);
          if (!stale) whole.add(held.combination);
        }
      });
      let next = 0;
      for (const combination of wanted) {
        const key = combinationKey(combination);
        if (whole.has(key)) continue;
        for (const { column, bins, size } of make(combination)) {
          const stamp = `${order}#${columnKey(column)}`;
          if (present.has(stamp)) continue;
          while (next < count && holds[next] !== null) next++;
          if (next >= count) return;
          holds[next] = { column, size, combination: key, stamp };
          engine.setSlot(next, bins, statisticBorders(column.spec.borders));
        }
      }
    },
    weigh(isUsed, strength) {
      const most = holds.reduce((size, held) => Math.max(size, held?.size ?? 1), 1);
      holds.forEach((held, slot) => {
        factor[inputs + slot] =
          held === null || strength === 0 || isUsed(held.column) ? 1 : (1 + held.size / most) ** -strength;
      });
    },
    at: (column) => (column < inputs ? null : (holds[column - inputs]?.column ?? null)),
    read({ column, border, equal }) {
      const statistic = column < inputs ? undefined : holds[column - inputs]?.column;
      if (statistic !== undefined) return { kind: 'statistic', combination: statistic.combination };
      return equal ? { kind: 'equal', column, code: border } : { kind: 'number', column, border };
    },
  };
}
