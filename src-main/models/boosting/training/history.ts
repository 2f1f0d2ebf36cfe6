/** @file Metrics by round, and which round was best. */
import type { Metric, Scores } from '../objectives/types.ts';

/** Values of one metric on one set, by round (counted from 1). */
export interface Curve {
  readonly set: 'train' | 'validation';
  readonly metric: string;
  readonly rounds: readonly number[];
  readonly values: readonly number[];
}

export interface History {
  readonly curves: readonly Curve[];
  /**
   * Evaluates every metric at `scores`.
   * @param shown a point of the curve is sent on as well
   */
  record(set: Curve['set'], round: number, scores: Scores, shown: boolean): Record<string, number>;
  /** Round of the best value of the last metric on the validation rows, the first of equal ones; 0 without any. */
  best(minImprovement: number): number;
}

export function createHistory(
  metrics: readonly Metric[],
  curve: ((name: string, round: number, value: number) => void) | null,
): History {
  const curves: { set: Curve['set']; metric: string; rounds: number[]; values: number[] }[] = [];
  return {
    curves,
    record(set, round, scores, shown) {
      const found: Record<string, number> = {};
      for (const metric of metrics) {
        const value = metric.evaluate(scores);
        found[metric.name] = value;
        let own = curves.find((one) => one.set === set && one.metric === metric.name);
        if (own === undefined) {
          own = { set, metric: metric.name, rounds: [], values: [] };
          curves.push(own);
        }
        own.rounds.push(round);
        own.values.push(value);
        if (shown) curve?.(`${set} ${metric.name}`, round, value);
      }
      return found;
    },
    best(minImprovement) {
      const deciding = metrics.at(-1);
      const own = curves.find((one) => one.set === 'validation' && one.metric === deciding?.name);
      if (own === undefined || deciding === undefined) return 0;
      const sign = deciding.better === 'lower' ? 1 : -1;
      let best = Number.POSITIVE_INFINITY;
      let round = 0;
      own.values.forEach((value, i) => {
        if (sign * value >= best - minImprovement) return;
        best = sign * value;
        round = own.rounds[i];
      });
      return round;
    },
  };
}
