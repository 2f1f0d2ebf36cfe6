/** @file An explanation as what its charts draw. Pure. */
import type { TFunction } from 'i18next';
import type {
  Explanation,
  FeatureLabel,
  ImportanceKind,
  StepExplanation,
} from '../../src-preload/contract/index.ts';
import { importanceKinds } from '../../src-preload/contract/explain.ts';
import { decimalsFor } from '../widgets/format.ts';
import type { Formatter } from '../widgets/format.ts';

type Translate = TFunction<'explain'>;

const timed: ReadonlySet<string> = new Set(['lag', 'mean', 'surprise']);

/** What people call a feature. @param stepMs one step of the data */
export function featureName(t: Translate, format: Formatter, label: FeatureLabel, stepMs: number): string {
  const { kind, n, column } = label;
  if (kind === 'column') return column ?? '';
  if (column !== null) return t(`feature.${kind}`, { column });
  if (n === null) return t(`feature.${kind}`);
  return timed.has(kind)
    ? t(`feature.${kind}`, { time: format.span(n * stepMs) })
    : t(`feature.${kind}`, { count: n });
}

/** A feature's value with its unit, a code by its name. */
export function valueText(
  t: Translate,
  format: Formatter,
  feature: Explanation['features'][number],
  value: number | null,
  stepMs: number,
): string {
  if (value === null) return format.number(null);
  const { kind } = feature.label;
  if (feature.categories !== null) return feature.categories[value] ?? format.number(null);
  switch (kind) {
    case 'weekday':
      return format.weekday(value, 'long');
    case 'day_type':
      return t(`code.${value === 0 ? 'workday' : value === 1 ? 'saturday' : 'sunday'}`);
    case 'holiday':
    case 'before_holiday':
    case 'after_holiday':
      return t(`code.${value === 1 ? 'yes' : 'no'}`);
    case 'hour':
      return clock(value);
    case 'lead':
      return format.duration(value * stepMs);
    default:
      return format.unit(value, feature.unit);
  }
}

/** Decimals for a level, a prediction and what lies between: those of the larger, at least two and at most six. */
export const digitsOf = (...levels: readonly number[]): number =>
  Math.max(2, Math.min(6, decimalsFor(Math.max(...levels.map(Math.abs)) + 0.5 ** 20)));

/** 18.25 -> 18:15 */
export function clock(hours: number): string {
  const minutes = Math.round(hours * 60);
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

export const isCoded = (feature: Explanation['features'][number]): boolean =>
  feature.categories !== null ||
  ['weekday', 'day_type', 'holiday', 'before_holiday', 'after_holiday'].includes(feature.label.kind);

export const kindsOf = ({ importance }: Explanation): ImportanceKind[] =>
  importanceKinds.filter((kind) => importance[kind] !== null);

export interface ImportanceBar {
  /** index into `features`; null: all others together */
  readonly feature: number | null;
  readonly value: number;
  readonly deviation: number | null;
  /** features in a `null` row */
  readonly count: number;
}

/** The `top` features by one measure, and for shares the rest as one row. */
export function importanceBars(explanation: Explanation, kind: ImportanceKind, top: number): ImportanceBar[] {
  const { importance } = explanation;
  const all = (importance[kind] ?? []).map((entry, feature): ImportanceBar => {
    const measured = typeof entry === 'number' ? { mean: entry, deviation: null } : entry;
    return { feature, value: measured.mean, deviation: measured.deviation, count: 1 };
  });
  const sorted = all.filter((bar) => bar.value > 0).toSorted((a, b) => b.value - a.value);
  const shown = sorted.slice(0, top);
  const rest = sorted.slice(top);
  const addsUp = kind !== 'shap' && kind !== 'permutation';
  if (rest.length === 0 || !addsUp) return shown;
  const value = rest.reduce((sum, bar) => sum + bar.value, 0);
  return [...shown, { feature: null, value, deviation: null, count: rest.length }];
}

/** Position of each value between the feature's low and high, 0..1 by rank; null where missing. */
export function ranks(values: readonly (number | null)[]): (number | null)[] {
  const known = [...new Set(values.filter((value) => value !== null))].toSorted((a, b) => a - b);
  const at = new Map(known.map((value, i) => [value, known.length > 1 ? i / (known.length - 1) : 0.5]));
  return values.map((value) => (value === null ? null : (at.get(value) ?? null)));
}

export interface SwarmPoint {
  readonly x: number;
  readonly y: number;
  /** 0 low .. 1 high; null without a value */
  readonly rank: number | null;
}

/** Points of one row: beside each other where they would overlap, within `height`. Pixels; y from the row's middle. */
export function swarmRow(
  { value, contribution }: Pick<Explanation['swarm'][number], 'value' | 'contribution'>,
  scale: (contribution: number) => number,
  height: number,
  size: number,
): SwarmPoint[] {
  const rank = ranks(value);
  const bins = new Map<number, number[]>();
  contribution.forEach((c, i) => {
    const bin = Math.round(scale(c) / size);
    const list = bins.get(bin) ?? [];
    list.push(i);
    bins.set(bin, list);
  });
  const points: SwarmPoint[] = [];
  for (const list of bins.values()) {
    // low values below, high ones above, so that colours do not mix at random
    list.sort((a, b) => (rank[a] ?? 0) - (rank[b] ?? 0));
    const gap = Math.min(size * 0.8, height / Math.max(1, list.length));
    list.forEach((i, place) => {
      points.push({ x: scale(contribution[i]), y: ((list.length - 1) / 2 - place) * gap, rank: rank[i] });
    });
  }
  return points;
}

/** Round limits of a symmetric-as-needed axis with zero on it. */
export function contributionExtent(swarm: Explanation['swarm']): [number, number] {
  const all = swarm.flatMap((row) => row.contribution);
  const low = Math.min(0, ...all);
  const high = Math.max(0, ...all);
  const room = 0.04 * (high - low || 1);
  return [low - room, high + room];
}

/** At most about `count` round numbers between two limits. */
export function roundTicks(from: number, to: number, count: number): number[] {
  const raw = (to - from) / Math.max(1, count);
  if (!(raw > 0)) return [from];
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= raw) ?? 10 * power;
  const ticks: number[] = [];
  for (let k = Math.ceil(from / step); k * step <= to + 1e-9 * step; k++)
    ticks.push(Number((k * step).toPrecision(12)));
  return ticks;
}

export type WaterfallRow =
  | { readonly kind: 'expected' | 'predicted'; readonly from: number; readonly to: number }
  | { readonly kind: 'feature'; readonly index: number; readonly from: number; readonly to: number }
  | { readonly kind: 'others'; readonly count: number; readonly from: number; readonly to: number }
  | { readonly kind: 'limited'; readonly from: number; readonly to: number };

/** From the usual level over the `top` largest contributions to the prediction; each row spans what it changes. */
export function waterfall(step: StepExplanation, top: number): WaterfallRow[] {
  const rows: WaterfallRow[] = [{ kind: 'expected', from: 0, to: step.expected }];
  let at = step.expected;
  const shown = step.contributions.slice(0, top);
  shown.forEach(({ contribution }, index) => {
    rows.push({ kind: 'feature', index, from: at, to: at + contribution });
    at += contribution;
  });
  const rest = step.contributions.slice(top);
  if (rest.length > 0) {
    const sum = rest.reduce((total, { contribution }) => total + contribution, 0);
    rows.push({ kind: 'others', count: rest.length, from: at, to: at + sum });
    at += sum;
  }
  if (
    step.link === 'identity' &&
    Math.abs(at - step.predicted) > 1e-6 * Math.max(1, Math.abs(step.predicted))
  )
    rows.push({ kind: 'limited', from: at, to: step.predicted });
  rows.push({ kind: 'predicted', from: 0, to: step.link === 'identity' ? step.predicted : at });
  return rows;
}

/** The axis of a waterfall: all of it, without the long empty way from zero where changes are small beside the level. */
export function waterfallDomain(rows: readonly WaterfallRow[]): [number, number] {
  const steps = rows.filter((row) => row.kind !== 'expected' && row.kind !== 'predicted');
  const ends = rows.flatMap((row) =>
    row.kind === 'expected' || row.kind === 'predicted' ? [row.to] : [row.from, row.to],
  );
  const low = Math.min(...ends);
  const high = Math.max(...ends);
  const room = 0.12 * (high - low || Math.abs(high) || 1);
  if (steps.length === 0 || (low >= 0 && low < 2 * (high - low))) return [Math.min(0, low), high + room];
  return [low - room, high + room];
}

/** Moments by local day, for two short lists instead of one long one. */
export function momentsByDay(
  moments: readonly number[],
  format: Pick<Formatter, 'date' | 'time'>,
  zone: string,
): { day: string; times: { t: number; label: string }[] }[] {
  const days = new Map<string, { t: number; label: string }[]>();
  for (const t of moments) {
    const day = format.date(t, zone);
    const list = days.get(day) ?? [];
    // the hour that comes twice when clocks go back keeps both of its moments
    const label = format.time(t, zone);
    list.push({ t, label: list.some((entry) => entry.label === label) ? `${label} ′` : label });
    days.set(day, list);
  }
  return [...days].map(([day, times]) => ({ day, times }));
}
