/** @file How far ahead and on which rows: the two choices in front of training, in steps and dates. Pure. */

const minute = 60_000;
const day = 86_400_000;

export type HorizonId = 'quarter' | 'hour' | 'day' | 'week' | 'custom';
export interface HorizonPreset {
  readonly id: HorizonId;
  readonly steps: number;
}

const spans: readonly (readonly [HorizonId, number])[] = [
  ['quarter', 15 * minute],
  ['hour', 60 * minute],
  ['day', day],
  ['week', 7 * day],
];

/** The usual horizons that are a whole number of steps of this data. */
export const horizonPresets = (stepMs: number): HorizonPreset[] =>
  spans.filter(([, ms]) => ms >= stepMs && ms % stepMs === 0).map(([id, ms]) => ({ id, steps: ms / stepMs }));

/** One day where the data is finer than that, else the shortest there is. */
export function defaultHorizon(stepMs: number): number {
  const presets = horizonPresets(stepMs);
  return (presets.find((preset) => preset.id === 'day') ?? presets[0])?.steps ?? 1;
}

/** The part at the end on which models are judged: a share of the rows, or from a local day on. */
export type TestSpan =
  { readonly kind: 'share'; readonly share: number } | { readonly kind: 'date'; readonly day: string };

export interface TestView {
  /** first instant of the test, UTC ms */
  readonly from: number;
  readonly trainDays: number;
  readonly testDays: number;
  /** the training part is shorter than two weeks, or the test shorter than the horizon */
  readonly tooShort: boolean;
}

/**
 * What a choice means in days.
 * @param start first stamp, UTC ms
 * @param end last stamp, UTC ms
 */
export function testView(
  span: TestSpan,
  data: { readonly start: number; readonly end: number; readonly stepMs: number },
  horizonSteps: number,
): TestView | null {
  const { start, end, stepMs } = data;
  const whole = end + stepMs - start;
  if (!(whole > 0)) return null;
  const from =
    span.kind === 'share'
      ? end + stepMs - Math.round((whole * span.share) / stepMs) * stepMs
      : Date.parse(`${span.day}T00:00:00Z`);
  if (Number.isNaN(from) || from <= start || from > end) return null;
  const trainDays = (from - start) / day;
  const testDays = (end + stepMs - from) / day;
  return { from, trainDays, testDays, tooShort: trainDays < 14 || testDays * day < horizonSteps * stepMs };
}

/** The value as `runs.start` and `split.test` take it. */
export const testValue = (span: TestSpan): number | string => (span.kind === 'share' ? span.share : span.day);
