/**
 * @file Ridge regression on standardised columns:
 *
 *   minimise  sum w (y - b0 - sum b_j z_j)^2 + alpha x rows x sum b_j^2,     z_j = (x_j - mean_j) / scale_j
 *
 * Missing values become the column's mean and raise a column of their own; a category becomes one column per code.
 * The penalty is per row, so that `alpha` means the same for a month and for ten years.
 * @see Hoerl and Kennard, "Ridge Regression", Technometrics 12 (1970)
 */
import { z } from 'zod';
import type { FeatureMatrix, FittedRegressor, Regressor } from '../estimator.ts';
import { AppError } from '../../../src-preload/contract/index.ts';
import { invalidModel, pack, packedSchema, parseModel, unpack } from '../codec.ts';
import { addNormalEquations, emptyEquations, solveRidge } from './cholesky.ts';
import type { Equations, Problem } from './cholesky.ts';
import { moments, standardise } from './design.ts';
import type { Term } from './design.ts';
import type { LinearParams } from './params.ts';

export class FittedRidge implements FittedRegressor {
  readonly names: readonly string[];
  readonly #terms: readonly Term[];
  /** per term, in the units of the column */
  readonly #coefficient: Float64Array;
  readonly #fill: Float64Array;
  readonly #scale: Float64Array;
  readonly #intercept: number;

  constructor(parts: {
    names: readonly string[];
    terms: readonly Term[];
    coefficient: Float64Array;
    fill: Float64Array;
    scale: Float64Array;
    intercept: number;
  }) {
    this.names = parts.names;
    this.#terms = parts.terms;
    this.#coefficient = parts.coefficient;
    this.#fill = parts.fill;
    this.#scale = parts.scale;
    this.#intercept = parts.intercept;
  }

  predict(features: FeatureMatrix): Float64Array {
    const out = new Float64Array(features.rows).fill(this.#intercept);
    this.#terms.forEach(({ source, code }, t) => {
      const column = features.columns[source];
      const beta = this.#coefficient[t];
      if (beta === 0) return;
      const fill = this.#fill[t];
      if (code >= 0) for (let i = 0; i < out.length; i++) out[i] += column[i] === code ? beta : 0;
      else if (code === -2) for (let i = 0; i < out.length; i++) out[i] += Number.isNaN(column[i]) ? beta : 0;
      else for (let i = 0; i < out.length; i++) out[i] += beta * (Number.isNaN(column[i]) ? fill : column[i]);
    });
    return out;
  }

  /** What the columns add to the intercept, shape (names) x (rows): the prediction is `intercept` and all of them. */
  contributions(features: FeatureMatrix): { intercept: number; columns: Float64Array[] } {
    const columns = this.names.map(() => new Float64Array(features.rows));
    this.#terms.forEach(({ source, code }, t) => {
      const column = features.columns[source];
      const out = columns[source];
      const beta = this.#coefficient[t];
      if (beta === 0) return;
      const fill = this.#fill[t];
      if (code >= 0) for (let i = 0; i < out.length; i++) out[i] += column[i] === code ? beta : 0;
      else if (code === -2) for (let i = 0; i < out.length; i++) out[i] += Number.isNaN(column[i]) ? beta : 0;
      else for (let i = 0; i < out.length; i++) out[i] += beta * (Number.isNaN(column[i]) ? fill : column[i]);
    });
    return { intercept: this.#intercept, columns };
  }

  /** Absolute standardised coefficients, added up per source column. */
  importance(): readonly { readonly name: string; readonly share: number }[] {
    const size = new Float64Array(this.names.length);
    this.#terms.forEach(({ source }, t) => {
      size[source] += Math.abs(this.#coefficient[t] * this.#scale[t]);
    });
    const total = size.reduce((sum, value) => sum + value, 0);
    if (total <= 0) return [];
    return this.names
      .map((name, f) => ({ name, share: size[f] / total }))
      .filter(({ share }) => share > 0)
      .sort((a, b) => b.share - a.share);
  }

  toJSON(): z.infer<typeof fittedSchema> {
    return {
      format: 'voltcast-linear',
      version: 1,
      names: [...this.names],
      intercept: this.#intercept,
      source: pack(Int32Array.from(this.#terms, (term) => term.source)),
      code: pack(Int32Array.from(this.#terms, (term) => term.code)),
      coefficient: pack(this.#coefficient),
      fill: pack(this.#fill),
      scale: pack(this.#scale),
    };
  }
}

const fittedSchema = z.strictObject({
  format: z.literal('voltcast-linear'),
  version: z.literal(1),
  names: z.array(z.string()).max(100_000),
  intercept: z.number(),
  source: packedSchema,
  code: packedSchema,
  coefficient: packedSchema,
  fill: packedSchema,
  scale: packedSchema,
});

/** @throws AppError `model-invalid` */
export function reviveRidge(json: unknown): FittedRidge {
  const parsed = parseModel(fittedSchema, json, 'linear');
  const source = unpack(parsed.source, 'i32', 'linear.source');
  const code = unpack(parsed.code, 'i32', 'linear.code');
  const coefficient = unpack(parsed.coefficient, 'f64', 'linear.coefficient');
  const fill = unpack(parsed.fill, 'f64', 'linear.fill');
  const scale = unpack(parsed.scale, 'f64', 'linear.scale');
  for (const part of [code, coefficient, fill, scale])
    if (part.length !== source.length) throw invalidModel('linear: its arrays differ in length');
  if (source.some((value) => value < 0 || value >= parsed.names.length))
    throw invalidModel('linear.source: no such column');
  return new FittedRidge({
    names: parsed.names,
    terms: Array.from(source, (value, t) => ({ source: value, code: code[t] })),
    coefficient,
    fill,
    scale,
    intercept: parsed.intercept,
  });
}

/** Penalties that `alpha: auto` chooses from. */
const candidates = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1];
/** Share of the rows, the newest, that choose it. */
const validationShare = 0.2;

export function createRidge(params: LinearParams): Regressor {
  return {
    fit(features, target, weight, context) {
      const rows = features.rows;
      if (rows === 0)
        throw new AppError({
          code: 'no-training-rows',
          message: 'There is no complete row to train on.',
          hint: 'Use a longer history or a shorter horizon.',
        });
      const design = standardise(features, weight, params.fit_intercept);
      const centre = params.fit_intercept ? moments(target, weight).mean : 0;
      const centred = Float64Array.from(target, (y) => y - centre);
      context.progress(0.3, 'normal equations');
      const problem: Problem = { columns: design.columns, target: centred, weight };
      // the head first, so that it can be solved alone; the tail is added to it
      const cut = Math.max(1, Math.floor(rows * (1 - validationShare)));
      const equations = emptyEquations(design.columns.length);
      addNormalEquations(problem, 0, cut, equations);
      const alpha = params.alpha === 'auto' ? chooseAlpha(problem, cut, equations) : params.alpha;
      if (params.alpha === 'auto')
        context.log('info', `alpha ${alpha} did best on the last ${rows - cut} rows`);
      addNormalEquations(problem, cut, rows, equations);
      context.progress(0.8, 'solving');
      const solution = solveRidge(equations, alpha);
      const coefficient = new Float64Array(design.terms.length);
      let intercept = centre;
      design.used.forEach((t, j) => {
        coefficient[t] = solution[j] / design.scale[t];
        intercept -= coefficient[t] * design.mean[t];
      });
      context.progress(1);
      const { terms, fill, scale } = design;
      return Promise.resolve(
        new FittedRidge({ names: features.names, terms, coefficient, fill, scale, intercept }),
      );
    },
  };
}

/** The candidate with the least squared error on rows `cut ..`, solved from the rows before; the middle one without such rows. */
function chooseAlpha({ columns, target, weight }: Problem, cut: number, head: Equations): number {
  const rows = target.length;
  let best = 0.03;
  let least = Number.POSITIVE_INFINITY;
  if (rows - cut < 10) return best;
  for (const alpha of candidates) {
    const solution = solveRidge(head, alpha);
    const error = target.slice(cut);
    columns.forEach((column, j) => {
      const beta = solution[j];
      if (beta !== 0) for (let i = cut; i < rows; i++) error[i - cut] -= beta * column[i];
    });
    let sum = 0;
    for (let i = 0; i < error.length; i++) sum += (weight === null ? 1 : weight[cut + i]) * error[i] ** 2;
    if (sum < least) {
      least = sum;
      best = alpha;
    }
  }
  return best;
}
