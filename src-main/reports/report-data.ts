/** @file The report as plain data: figures and facts, no words and no markup. Writers turn it into HTML. */
import type {
  Baseline,
  DatasetVersion,
  Diagnostics,
  Forecast,
  Profile,
  RunDetail,
  RunSummary,
} from '../../src-preload/contract/index.ts';
import { fromIsoDuration } from '../data/time/resolution.ts';
import type { Backtest } from '../metrics/backtest.ts';
import { DAY_MS, dayName, dayOf, wallClock } from '../metrics/local-clock.ts';
import { compareBacktests } from '../metrics/significance.ts';
import { judgeGuideline14 } from './guideline14.ts';
import type { Guideline14 } from './guideline14.ts';
import { hourly } from './hourly.ts';
import { reproduceCommands } from './reproduce.ts';
import { judge } from './verdict.ts';
import type { Verdict } from './verdict.ts';

type Values = (number | null)[];

export interface Chunk {
  readonly t: number[];
  readonly actual: Values;
  readonly predicted: Values;
  /** outer and inner prediction interval, see `intervals` */
  readonly low: Values;
  readonly high: Values;
  readonly innerLow: Values;
  readonly innerHigh: Values;
}

export interface LeaderboardRow {
  readonly run: RunSummary;
  readonly main: boolean;
  /** Diebold-Mariano p-value against the main run; null where there is none */
  readonly pValue: number | null;
  /** false: scored on other rows than the main run, so its figures do not compare */
  readonly comparable: boolean;
}

export interface ReportData {
  readonly createdAt: number;
  readonly version: string;
  readonly dataset: DatasetVersion;
  readonly profile: Profile;
  readonly main: RunDetail;
  readonly target: string;
  readonly unit: string | null;
  readonly timezone: string;
  readonly resolutionMs: number;
  readonly horizonMs: number;
  readonly baseline: Baseline | null;
  readonly verdict: Verdict;
  readonly guideline14: Guideline14 | null;
  readonly leaderboard: readonly LeaderboardRow[];
  readonly diagnostics: Diagnostics;
  readonly test: {
    readonly from: number;
    readonly to: number;
    readonly windows: number;
    readonly readings: number;
  };
  /** the last days of the backtest */
  readonly recent: Chunk;
  readonly worst: readonly { readonly day: Diagnostics['worstDays'][number]; readonly chunk: Chunk }[];
  readonly forecast: Forecast | null;
  readonly commands: readonly {
    readonly purpose: 'import' | 'train' | 'compare' | 'forecast' | 'report';
    readonly line: string;
  }[];
}

export interface ReportInput {
  readonly createdAt: number;
  readonly version: string;
  readonly dataset: DatasetVersion;
  readonly profile: Profile;
  /** in any order; the first of the result is the best */
  readonly runs: readonly { readonly run: RunDetail; readonly backtest: Backtest }[];
  readonly diagnosticsOf: (backtest: Backtest, run: RunDetail) => Diagnostics;
  /** latest forecast of the main run, if there is one */
  readonly forecastOf: (run: RunDetail) => Forecast | null;
}

const RECENT_DAYS = 7;
const WORST_DAYS_DRAWN = 4;

/** The run the report is about: the champion if it is among them, else the one with the smallest MAE. */
export function mainRun<T extends { readonly run: RunDetail }>(runs: readonly T[]): T {
  return runs.find(({ run }) => run.champion) ?? [...runs].sort(byMae)[0];
}

const byMae = (a: { run: RunSummary }, b: { run: RunSummary }): number =>
  (a.run.metrics?.mae ?? Infinity) - (b.run.metrics?.mae ?? Infinity);

export function buildReportData(input: ReportInput): ReportData {
  const main = mainRun(input.runs);
  const { run, backtest } = main;
  const diagnostics = input.diagnosticsOf(backtest, run);
  const resolutionMs = fromIsoDuration(input.dataset.frequency);
  const leaderboard = [...input.runs].sort(byMae).map((entry) => ({
    run: entry.run,
    main: entry === main,
    pValue: entry === main ? null : compareBacktests(entry.backtest, backtest).pValue,
    comparable: entry.run.splitKey === run.splitKey,
  }));
  const scored = [...backtest.actual.keys()].filter((cell) => Number.isFinite(backtest.actual[cell]));
  const ends = scored.reduce<[number, number]>(
    ([from, to], cell) => [Math.min(from, backtest.time[cell]), Math.max(to, backtest.time[cell])],
    [Infinity, -Infinity],
  );
  const g14 = judgeGuideline14(hourly(backtest), resolutionMs);
  return {
    createdAt: input.createdAt,
    version: input.version,
    dataset: input.dataset,
    profile: input.profile,
    main: run,
    target: backtest.target,
    unit: backtest.unit ?? run.unit,
    timezone: backtest.timezone,
    resolutionMs,
    horizonMs: backtest.plan.horizon * resolutionMs,
    baseline: run.baseline,
    verdict: judge(run, leaderboard),
    guideline14: g14,
    leaderboard,
    diagnostics,
    test: { from: ends[0], to: ends[1], windows: backtest.plan.origins.length, readings: scored.length },
    recent: chunk(backtest, (t) => t > ends[1] - RECENT_DAYS * Math.max(DAY_MS, 24 * resolutionMs)),
    worst: diagnostics.worstDays
      .slice(0, WORST_DAYS_DRAWN)
      .map((day) => ({ day, chunk: dayChunk(backtest, day.day) })),
    forecast: input.forecastOf(run),
    commands: reproduceCommands(
      input.dataset,
      run,
      leaderboard.map((row) => row.run),
    ),
  };
}

function dayChunk(backtest: Backtest, day: string): Chunk {
  const wall = wallClock(backtest.time, backtest.timezone);
  return chunk(backtest, (_, cell) => dayName(dayOf(wall[cell])) === day);
}

/** Rows of the backtest in time order, of overlapping windows the newest; intervals at 10-90 % and 30-70 %. */
function chunk(backtest: Backtest, wanted: (t: number, cell: number) => boolean): Chunk {
  const byTime = new Map<number, number>();
  for (let cell = 0; cell < backtest.time.length; cell++) {
    if (Number.isFinite(backtest.actual[cell]) || Number.isFinite(backtest.batch.point[cell]))
      if (wanted(backtest.time[cell], cell)) byTime.set(backtest.time[cell], cell);
  }
  const cells = [...byTime.values()].sort((a, b) => backtest.time[a] - backtest.time[b]);
  const last = cells.findLastIndex((cell) => Number.isFinite(backtest.actual[cell]));
  const kept = cells.slice(0, last + 1);
  const finite = (value: number | undefined): number | null =>
    value !== undefined && Number.isFinite(value) ? value : null;
  const { levels, quantiles } = backtest.batch;
  const level = (wantedLevel: number): Values => {
    const j = levels?.findIndex((candidate) => Math.abs(candidate - wantedLevel) < 1e-9) ?? -1;
    return kept.map((cell) =>
      j < 0 || !quantiles || !levels ? null : finite(quantiles[cell * levels.length + j]),
    );
  };
  return {
    t: kept.map((cell) => backtest.time[cell]),
    actual: kept.map((cell) => finite(backtest.actual[cell])),
    predicted: kept.map((cell) => finite(backtest.batch.point[cell])),
    low: level(0.1),
    high: level(0.9),
    innerLow: level(0.3),
    innerHigh: level(0.7),
  };
}
