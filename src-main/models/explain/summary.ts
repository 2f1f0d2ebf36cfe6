/** @file The explanation of a model on a sample of its backtest, as plain data. */
import type { Explanation } from '../../../src-preload/contract/index.ts';
import type { Frame } from '../../data/frame.ts';
import { splitImportances } from '../boosting/explain/importances.ts';
import { treeCount } from '../boosting/ensemble.ts';
import type { FeatureMatrix } from '../estimator.ts';
import { createRandom, sampleIndices } from '../random.ts';
import { seeCells } from './cells.ts';
import type { Cells } from './cells.ts';
import { attribute, onPredictionScale } from './contributions.ts';
import { gridOf, partialDependence } from './dependence.ts';
import { keyFeatures, valuesOf } from './keyed.ts';
import type { KeyedFeature, SeenPart, Units } from './keyed.ts';
import { isCorrection } from './parts.ts';
import type { ModelPart, ModelParts } from './parts.ts';
import { permutationImportance } from './permutation.ts';
import { predictorOf } from './prediction.ts';
import { setFeature } from './set-feature.ts';

export interface SummaryTask {
  readonly model: ModelParts;
  /** cleaned, on the model's grid */
  readonly frame: Frame;
  /** all predictions of the backtest that were scored */
  readonly cells: Cells;
  /** observed values of the cells */
  readonly actual: Float64Array;
  readonly units: Units;
  readonly seed: number;
}

export type Summary = Pick<
  Explanation,
  'link' | 'sample' | 'expected' | 'features' | 'importance' | 'mae' | 'swarm' | 'dependence'
>;

const limits = {
  /** rows whose contributions are computed at most, and the work that buys: rows x nodes of all trees */
  rows: 2000,
  rowNodes: 4e8,
  permutationRows: 1000,
  repeats: 5,
  swarmRows: 350,
  swarmFeatures: 12,
  dependenceRows: 300,
  dependenceFeatures: 9,
  gridPoints: 21,
  histogramBins: 24,
} as const;

/** @throws AppError `explain-unknown-model`, `explain-needs-cover` */
export function explainSample(task: SummaryTask): Summary {
  const { model, frame, actual, units, seed } = task;
  const all = task.cells.target.length;
  const picked = sampleIndices(createRandom(seed, 70), all, sampleSize(model.parts));
  const cells: Cells = {
    origin: Int32Array.from(picked, (i) => task.cells.origin[i]),
    target: Int32Array.from(picked, (i) => task.cells.target[i]),
  };
  const observed = Float64Array.from(picked, (i) => actual[i]);
  const parts = seeCells(model.parts, frame, cells);
  const keyed = keyFeatures(parts, units);
  const { expected, contributions, link } = contributionsOf(parts, keyed, parts, model.intercept);

  const order = keyed
    .map((_, k) => ({ k, size: meanAbsolute(contributions[k]) }))
    .sort((a, b) => b.size - a.size || a.k - b.k);
  const features = order.map(({ k }) => keyed[k]);
  const sorted = order.map(({ k }) => contributions[k]);
  const some = Math.min(limits.permutationRows, picked.length);
  const few = parts.map((part): SeenPart => ({
    ...part,
    features: firstRows(part.features, spread(picked.length, some)),
  }));
  const seen = Float64Array.from(spread(picked.length, some), (i) => observed[i]);
  const predictFew = predictorOf(few, model);
  const permutation = permutationImportance({
    features: few.map((part) => part.features),
    groups: features.map((feature) => feature.places),
    predict: predictFew,
    error: (predicted) => meanAbsoluteError(predicted, seen),
    repeats: limits.repeats,
    seed,
  });
  const bySplits = splitsOf(parts, features);
  const result: Summary = {
    link,
    sample: {
      rows: picked.length,
      of: all,
      from: timeOf(frame, cells.target[0] ?? 0),
      to: timeOf(frame, cells.target[picked.length - 1] ?? 0),
    },
    expected,
    features: features.map((feature) => feature.info),
    importance: { shap: order.map(({ size }) => size), permutation, ...bySplits },
    mae: meanAbsoluteError(predictFew(few.map((part) => part.features)), seen),
    swarm: swarmOf(features, sorted, parts),
    dependence: dependenceOf(features, parts, model),
  };
  return result;
}

/** Fewer rows for models whose trees are large. */
function sampleSize(parts: readonly ModelPart[]): number {
  const nodes = parts.reduce((sum, { model }) => {
    const ensemble = model.state.regressor.ensemble;
    if (ensemble === undefined) return sum;
    const { trees } = ensemble;
    const own = trees.shape === 'nodes' ? trees.feature.length : 2 * trees.leafStart[treeCount(ensemble)];
    return sum + own / (ensemble.leafWidth === 1 ? ensemble.outputs : 1);
  }, 1);
  return Math.max(100, Math.min(limits.rows, Math.floor(limits.rowNodes / nodes)));
}

/** Contributions of the keyed features on what `parts` see, `reference` saying what is usual. */
export function contributionsOf(
  parts: readonly SeenPart[],
  keyed: readonly KeyedFeature[],
  reference: readonly SeenPart[],
  intercept: number,
): { expected: number; contributions: Float64Array[]; link: Explanation['link'] } {
  const rows = parts[0].features.rows;
  // parts are added as predictions, so only a model that is one part has a scale of its own
  const alone = parts.length === 1 && parts[0].weight === 1 && intercept === 0;
  const byPart = parts.map((part, p) => {
    const own = attribute(part.model.state.regressor, part.features, reference[p].features);
    return alone ? own : onPredictionScale(own);
  });
  const expected = byPart.reduce((sum, own, p) => sum + parts[p].weight * own.expected, intercept);
  const contributions = keyed.map(({ places }) => {
    const sum = new Float64Array(rows);
    for (const [p, column] of places)
      for (let i = 0; i < rows; i++) sum[i] += parts[p].weight * byPart[p].columns[column][i];
    return sum;
  });
  return { expected, contributions, link: byPart[0].link };
}

/**
 * Shares of gain, cover and splits over the keyed features; null unless every member is trees. A correction is left out: it
 * learns what the members leave over, and its gains are not to be compared with theirs.
 */
function splitsOf(
  parts: readonly SeenPart[],
  features: readonly KeyedFeature[],
): Pick<Explanation['importance'], 'gain' | 'cover' | 'weight'> {
  const each = parts.map((part) => {
    const { ensemble } = part.model.state.regressor;
    return ensemble === undefined || isCorrection(part) ? null : splitImportances(ensemble);
  });
  if (parts.some((part, p) => each[p] === null && !isCorrection(part)))
    return { gain: null, cover: null, weight: null };
  const share = (kind: 'totalGain' | 'totalCover' | 'weight'): number[] | null => {
    const sums = features.map(({ places }) =>
      places.reduce((sum, [p, column]) => {
        const values = each[p]?.[kind];
        if (values === undefined) return sum;
        const total = values.reduce((all, value) => all + value, 0);
        return total > 0 ? sum + (parts[p].weight * values[column]) / total : sum;
      }, 0),
    );
    const total = sums.reduce((sum, value) => sum + value, 0);
    return total > 0 ? sums.map((value) => value / total) : null;
  };
  return { gain: share('totalGain'), cover: share('totalCover'), weight: share('weight') };
}

function swarmOf(
  features: readonly KeyedFeature[],
  contributions: readonly Float64Array[],
  parts: readonly SeenPart[],
): Explanation['swarm'] {
  const rows = spread(parts[0].features.rows, limits.swarmRows);
  return features.slice(0, limits.swarmFeatures).flatMap((feature, index) => {
    if (meanAbsolute(contributions[index]) === 0) return [];
    const values = valuesOf(feature, parts);
    return [
      {
        feature: index,
        value: Array.from(rows, (i) => values[i]),
        contribution: Array.from(rows, (i) => round(contributions[index][i])),
      },
    ];
  });
}

function dependenceOf(
  features: readonly KeyedFeature[],
  parts: readonly SeenPart[],
  model: ModelParts,
): Explanation['dependence'] {
  const rows = spread(parts[0].features.rows, limits.dependenceRows);
  const some = parts.map((part): SeenPart => ({ ...part, features: firstRows(part.features, rows) }));
  const predict = predictorOf(some, model);
  const out: Explanation['dependence'] = [];
  for (const [index, feature] of features.entries()) {
    if (out.length >= limits.dependenceFeatures) break;
    // forecasts of members cannot be set: they follow from the other features
    if (feature.base === null || feature.info.label.kind.startsWith('member')) continue;
    const known = valuesOf(feature, parts).filter((value) => value !== null);
    const coded = parts[feature.base[0]].features.categorical[feature.base[1]];
    const grid = gridOf(known, coded ? 60 : limits.gridPoints);
    if (grid.length < 2) continue;
    const { value, mean, low, high } = partialDependence(grid, (x) => setFeature(some, feature, x), predict);
    out.push({
      feature: index,
      value: [...value],
      mean: mean.map(round),
      low: low.map(round),
      high: high.map(round),
      ...histogramOf(known, grid, coded),
    });
  }
  return out;
}

function histogramOf(
  known: readonly number[],
  grid: readonly number[],
  coded: boolean,
): { edges: number[]; counts: number[] } {
  if (coded) return { edges: [], counts: grid.map((code) => known.filter((value) => value === code).length) };
  const from = grid[0];
  const to = grid[grid.length - 1];
  const bins = limits.histogramBins;
  const counts = new Array<number>(bins).fill(0);
  for (const value of known) {
    if (value < from || value > to) continue;
    counts[Math.min(bins - 1, Math.floor(((value - from) / (to - from)) * bins))]++;
  }
  return { edges: Array.from({ length: bins + 1 }, (_, i) => from + ((to - from) * i) / bins), counts };
}

/** `count` of `n` indices at even distances. */
function spread(n: number, count: number): Int32Array {
  if (n <= count) return Int32Array.from({ length: n }, (_, i) => i);
  return Int32Array.from({ length: count }, (_, i) => Math.floor((i * n) / count));
}

const firstRows = (features: FeatureMatrix, rows: Int32Array): FeatureMatrix => ({
  ...features,
  rows: rows.length,
  columns: features.columns.map((column) => Float64Array.from(rows, (i) => column[i])),
});

const timeOf = (frame: Frame, row: number): number => frame.time[0] + row * frame.resolutionMs;
/** Nine digits: what a chart shows needs no more, and the stored figures take half the room. */
const round = (value: number): number => Number(value.toPrecision(9));
const meanAbsolute = (values: Float64Array): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;
const meanAbsoluteError = (predicted: Float64Array, actual: Float64Array): number =>
  predicted.reduce((sum, value, i) => sum + Math.abs(value - actual[i]), 0) / Math.max(1, predicted.length);
