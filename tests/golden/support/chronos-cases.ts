/** @file Cases that make_chronos2.py wrote: items, and what the original forecasts for them. */
import { expect } from 'vitest';
import { encodeBatch, locationScale } from '../../../src-main/models/chronos/encode.ts';
import { predictItems } from '../../../src-main/models/chronos/predict.ts';
import type { ChronosItem } from '../../../src-main/models/chronos/predict.ts';
import { atLevels } from '../../../src-main/models/chronos/quantile-levels.ts';
import { Chronos2Runner } from '../../../src-main/models/chronos/runner.ts';
import type { Checkpoint } from '../../../src-main/models/chronos/runner.ts';
import { near } from './checks.ts';

type Values = readonly (number | null)[];
export interface GoldenItem {
  readonly targets: readonly Values[];
  readonly past: readonly Values[];
  readonly known: readonly { readonly past: Values; readonly future: Values }[];
}
export interface GoldenCase {
  readonly name: string;
  readonly items: readonly GoldenItem[];
  readonly horizon: number;
  readonly context?: number;
  /** all items see each other */
  readonly cross: boolean;
  /** (items)(targets)(levels of the model)(steps) */
  readonly quantiles: readonly (readonly (readonly (readonly number[])[])[])[];
  readonly levels?: readonly number[];
  /** (items)(targets)(steps)(levels) */
  readonly at_levels?: GoldenCase['quantiles'];
  /** what the network gives: (rows)(levels of the model)(steps of whole patches) */
  readonly normalised?: readonly (readonly (readonly number[])[])[];
}

const floats = (values: Values): Float32Array => Float32Array.from(values, (value) => value ?? Number.NaN);

export const itemsOf = (one: GoldenCase): ChronosItem[] =>
  one.items.map(({ targets, past, known }) => ({
    targets: targets.map(floats),
    past: past.map(floats),
    known: known.map((pair) => ({ past: floats(pair.past), future: floats(pair.future) })),
  }));

/**
 * Forecasts of every target of every item, at the model's levels and at others.
 * @param wide differences are relative to the deviation of the series where that is more than the value: many layers leave
 *   more rounding behind, and values near 0 of a series that is nowhere near 0 are made of it
 */
export async function checkForecasts(runner: Chronos2Runner, one: GoldenCase, wide = false): Promise<void> {
  const { horizon, context, cross, quantiles, levels, at_levels: between } = one;
  const options = { horizon, crossLearning: cross, ...(context === undefined ? {} : { context }) };
  const items = itemsOf(one);
  const found = await predictItems(runner, items, options);
  expect(found.map((targets) => targets.length)).toEqual(quantiles.map((targets) => targets.length));
  const own = runner.config.quantiles;
  quantiles.forEach((targets, i) =>
    targets.forEach((rows, t) => {
      const flat = rows.flat();
      const floor = wide ? locationScale(items[i].targets[t]).scale : 1;
      expect(found[i][t]).toHaveLength(flat.length);
      flat.forEach((value, k) => near(found[i][t][k], value, `item ${i}, target ${t}, element ${k}`, 1e-4, floor));
    }),
  );
  between?.forEach((targets, i) =>
    targets.forEach((steps, t) =>
      steps.forEach((wanted, s) => {
        const values = own.map((_, q) => found[i][t][q * horizon + s]);
        atLevels(own, values, levels!).forEach((value, k) => near(value, wanted[k], `item ${i}, target ${t}, step ${s}`));
      }),
    ),
  );
}

/** What the network gives for the normalised series: sinh would hide what is wrong with small values, and enlarge it in large ones. */
export async function checkNormalised(checkpoint: Checkpoint, one: GoldenCase): Promise<void> {
  const { config } = checkpoint;
  const items = itemsOf(one);
  const members = items.map(({ targets, past, known }) => [
    ...targets.map((context) => ({ context, future: null })),
    ...past.map((context) => ({ context, future: null })),
    ...known.map((pair) => ({ context: pair.past, future: pair.future })),
  ]);
  const rows = members.flat();
  const batch = encodeBatch(config, {
    contexts: rows.map(({ context }) => context),
    groups: members.flatMap((group, g) => group.map(() => g)),
    futures: rows.map(({ future }) => future),
    outputPatches: Math.min(config.maxOutputPatches, Math.ceil(one.horizon / config.patch)),
  });
  // put back into a unit that is that of the normalised series
  const runner = new Chronos2Runner({ ...checkpoint, config: { ...config, arcsinh: false } }, { intraOpNumThreads: 1 });
  const plain = { loc: new Float32Array(rows.length), scale: new Float32Array(rows.length).fill(1) };
  const found = await runner.run({ ...batch, ...plain }, members[0].length);
  await runner.close();
  const wanted = one.normalised!.flat(2);
  expect(found).toHaveLength(wanted.length);
  wanted.forEach((value, k) => near(found[k], value, `element ${k}`));
}
