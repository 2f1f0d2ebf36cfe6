/** @file Every word of a report. One shape, so a missing translation does not compile. */
import type { MetricName, RepairCode } from '../../../src-preload/contract/index.ts';
import type { Language } from '../format.ts';
import type { Quality, Trust } from '../verdict.ts';
import { english } from './en.ts';
import { spanish } from './es.ts';

export interface Texts {
  readonly language: Language;
  readonly report: string;
  readonly madeBy: (version: string) => string;
  readonly verdict: {
    readonly quality: Readonly<
      Record<
        Quality,
        (f: {
          model: string;
          verb: string;
          target: string;
          ahead: string;
          mae: string;
          skill: string;
          baseline: string;
        }) => string
      >
    >;
    readonly trust: Readonly<Record<Trust, (coverage: string) => string>>;
    readonly runnerUp: (f: { model: string; pValue: string; significant: boolean }) => string;
  };
  readonly baselineOf: (name: string) => string;
  readonly baselineRow: { readonly daily: string; readonly weekly: string };
  /** `how` takes the place of the horizon where there is none */
  readonly task: Readonly<Record<'forecast' | 'regression', { verb: string; how: string | null }>>;
  readonly ahead: (length: string, isDay: boolean) => string;
  /** `windows`: forecasts of the backtest; null where each reading is estimated from its own instant */
  readonly testSpan: (f: { from: string; to: string; windows: string | null; readings: string }) => string;
  readonly cards: Readonly<
    Record<'mae' | 'skill' | 'wape' | 'coverage' | 'peak', { label: string; note: string }>
  >;
  readonly headings: Readonly<
    Record<
      | 'recent'
      | 'forecast'
      | 'leaderboard'
      | 'errors'
      | 'worst'
      | 'calibration'
      | 'data'
      | 'inputs'
      | 'recipe'
      | 'reproduce'
      | 'figures',
      string
    >
  >;
  readonly leads: {
    readonly recent: (days: string) => string;
    readonly forecast: (f: { issued: string; origin: string }) => string;
    readonly leaderboard: Readonly<Record<'forecast' | 'regression', string>>;
    /** `oneLead`: there is no lead time to speak of */
    readonly errors: (oneLead: boolean) => string;
    readonly worst: string;
    readonly calibration: string;
    readonly inputs: string;
    readonly reproduce: string;
  };
  readonly legend: Readonly<
    Record<'actual' | 'predicted' | 'median' | 'outer' | 'inner' | 'bias' | 'origin', string>
  >;
  readonly charts: Readonly<
    Record<
      | 'byLead'
      | 'byHour'
      | 'histogram'
      | 'calibration'
      | 'week'
      | 'nominal'
      | 'observed'
      | 'hoursAhead'
      | 'daysAhead',
      string
    >
  >;
  readonly table: Readonly<
    Record<
      | 'rank'
      | 'model'
      | 'skill'
      | 'coverage'
      | 'time'
      | 'day'
      | 'meanActual'
      | 'meanPredicted'
      | 'direction'
      | 'against'
      | 'column'
      | 'share',
      string
    >
  >;
  readonly unitNote: (unit: string) => string;
  readonly champion: string;
  readonly otherRows: string;
  readonly tooHigh: string;
  readonly tooLow: string;
  readonly mixed: string;
  readonly heatmapNote: (f: { worst: string; best: string }) => string;
  readonly g14: {
    readonly heading: string;
    readonly sentence: (f: {
      met: boolean;
      cv: string;
      cvLimit: string;
      nmbe: string;
      nmbeLimit: string;
      basis: 'hourly' | 'daily' | 'monthly';
    }) => string;
    readonly note: string;
  };
  readonly metrics: Readonly<Record<MetricName, { name: string; meaning: string }>>;
  readonly data: {
    readonly labels: Readonly<
      Record<
        | 'dataset'
        | 'source'
        | 'hash'
        | 'span'
        | 'rows'
        | 'frequency'
        | 'zone'
        | 'stamps'
        | 'gaps'
        | 'duplicates'
        | 'missing'
        | 'split',
        string
      >
    >;
    readonly version: (version: string) => string;
    readonly stamps: Readonly<Record<'beginning' | 'ending', string>>;
    readonly gaps: (f: { count: number; countText: string; steps: string }) => string;
    readonly noGaps: string;
    readonly repairs: string;
    readonly noRepairs: string;
    readonly repair: Readonly<Record<RepairCode, string>>;
    readonly repairRows: (f: { count: number; countText: string }) => string;
    readonly repairEffect: (f: { figure: string; before: string; after: string }) => string;
    readonly notApplied: string;
    readonly leakage: string;
    readonly leakAlone: (f: { column: string; target: string; r2: string }) => string;
    readonly leakTogether: (f: { columns: string; target: string; r2: string }) => string;
    readonly leakAdvice: string;
    readonly leakAllowed: string;
    readonly warnings: string;
  };
  readonly reproduce: {
    readonly purposes: Readonly<Record<'import' | 'train' | 'compare' | 'forecast' | 'report', string>>;
    readonly conditions: (f: {
      version: string;
      seed: string;
      contentHash: string;
      fileHash: string;
    }) => string;
    readonly processor: string;
    /** @param f.device where trees were grown */
    readonly device: (f: { device: string }) => string;
    readonly edited: string;
  };
  readonly page: string;
}

export const textsOf = (language: Language): Texts => (language === 'es' ? spanish : english);
