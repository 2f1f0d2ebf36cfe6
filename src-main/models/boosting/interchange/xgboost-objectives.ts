/** @file XGBoost's objectives: the link of their predictions, and how a base score is stored (`ProbToMargin`). */
import type { Link } from '../ensemble.ts';

export interface XgboostObjective {
  readonly link: Link;
  /** from the stored base score to the raw scale */
  readonly toMargin: (score: number) => number;
  /** and back */
  readonly toScore: (margin: number) => number;
}

const same = (x: number): number => x;
const logit = (p: number): number => -Math.log(1 / p - 1);
const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

const identity: XgboostObjective = { link: 'identity', toMargin: same, toScore: same };
const odds: XgboostObjective = { link: 'logistic', toMargin: logit, toScore: logistic };
const positive: XgboostObjective = { link: 'exp', toMargin: Math.log, toScore: Math.exp };
const shares: XgboostObjective = { link: 'softmax', toMargin: same, toScore: same };

const objectives: Readonly<Record<string, XgboostObjective>> = {
  'reg:squarederror': identity,
  'reg:linear': identity,
  'reg:absoluteerror': identity,
  'reg:quantileerror': identity,
  'reg:expectileerror': identity,
  'reg:pseudohubererror': identity,
  'reg:squaredlogerror': identity,
  'reg:logistic': odds,
  'binary:logistic': odds,
  // predicts raw scores, but its base score is a probability all the same
  'binary:logitraw': { link: 'identity', toMargin: logit, toScore: logistic },
  'count:poisson': positive,
  'reg:gamma': positive,
  'reg:tweedie': positive,
  'survival:cox': positive,
  'survival:aft': positive,
  'multi:softprob': shares,
  'multi:softmax': shares,
  'rank:pairwise': identity,
  'rank:ndcg': identity,
  'rank:map': identity,
};

export const findObjective = (name: string): XgboostObjective | null =>
  Object.hasOwn(objectives, name) ? objectives[name] : null;

/** The objective to write for a model of another library: any with the right link predicts the same. */
export function objectiveFor(link: Link, levels: readonly number[] | null): string {
  if (levels !== null) return 'reg:quantileerror';
  return {
    identity: 'reg:squarederror',
    logistic: 'binary:logistic',
    exp: 'count:poisson',
    softmax: 'multi:softprob',
  }[link];
}
