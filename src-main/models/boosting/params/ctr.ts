/** @file How CatBoost writes which target statistics are made of categories: `Borders:CtrBorderCount=15:Prior=0.5/1`. */
import { z } from 'zod';
import type { StatisticSpec } from '../categories/target-statistics.ts';
import { refused } from './define.ts';

const kinds = ['Borders', 'Buckets', 'BinarizedTargetMeanValue', 'Counter'] as const;
const pattern = new RegExp(`^(${kinds.join('|')})(:(TargetBorderCount|CtrBorderCount|Prior)=[0-9./]+)*$`);

export const statisticsList = z
  .array(
    z
      .string()
      .regex(pattern, `one of ${kinds.join(', ')}, with options as in Borders:TargetBorderCount=2:Prior=0.5`),
  )
  .min(1)
  .max(8);

/**
 * @param key parameter that the texts come from
 * @throws AppError `model-params` for a number out of range
 * @see https://catboost.ai/docs/en/references/training-parameters/ctr
 */
export function statisticSpecs(texts: readonly string[], key: string): StatisticSpec[] {
  return texts.map((text) => {
    const [kind, ...options] = text.split(':') as [StatisticSpec['statistic'], ...string[]];
    const spec = { statistic: kind, targetBorders: 1, borders: 15, priors: [] as number[] };
    for (const option of options) {
      const [name, value] = option.split('=');
      if (name === 'Prior') spec.priors.push(priorOf(value, key));
      else {
        const count = Number(value);
        if (!Number.isInteger(count) || count < 1 || count > 255)
          throw refused(
            key,
            `${name} is ${value}, and borders are counted from 1 to 255`,
            `As in ${kind}:${name}=15.`,
          );
        if (name === 'CtrBorderCount') spec.borders = count;
        else spec.targetBorders = count;
      }
    }
    if (spec.priors.length === 0) spec.priors = kind === 'Counter' ? [0] : [0, 0.5, 1];
    return spec;
  });
}

/** `0.5` or `0.5/1`; statistics are (sum + prior) / (count + 1). */
function priorOf(text: string, key: string): number {
  const [numerator, denominator = '1'] = text.split('/');
  const prior = Number(numerator);
  if (numerator === '' || !Number.isFinite(prior) || Number(denominator) !== 1)
    throw refused(key, `the prior ${text} is not a number`, 'A prior is written 0.5 or 0.5/1.');
  return prior;
}
