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
import { addNormalEquations, solveSymmetric } from './cholesky.ts';
import type { LinearParams } from './params.ts';

/** A column of the design: a source column, and what is made of it. */
interface Term {
  readonly source: number;
  /** >= 0: 1 where the category has this code; -1: the value; -2: 1 where the value is missing */
  readonly code: number;
}

const maxCodes = 200;

function termsOf(features: FeatureMatrix): Term[] {
  const terms: Term[] = [];
  features.columns.forEach((column, source) => {
    if (features.categorical[source]) {
      const codes = new Set<number>();
      for (const value of column) if (value >= 0 && codes.size < maxCodes) codes.add(value);
      for (const code of [...codes].sort((a, b) => a - b)) terms.push({ source, code });
    } else {
      terms.push({ source, code: -1 });
      if (column.some(Number.isNaN)) terms.push({ source, code: -2 });
    }
  });
  return terms;
}

/** Values of one term; `fill` replaces missing ones. */
function termValues(column: Float64Array, rows: number, term: Term, fill: number): Float64Array {
  const out = new Float64Array(rows);
  if (term.code >= 0) for (let i = 0; i < rows; i++) out[i] = column[i] === term.code ? 1 : 0;
  else if (term.code === -2) for (let i = 0; i < rows; i++) out[i] = Number.isNaN(column[i]) ? 1 : 0;
  else for (let i = 0; i < rows; i++) out[i] = Number.isNaN(column[i]) ? fill : column[i];
  return out;
}

interface Moments {
  readonly mean: number;
  readonly scale: number;
}

/** Over valid values; scale 0 for a column that never changes: its coefficient is left out. */
function moments(values: Float64Array, weight: Float64Array | null): Moments {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    const w = weight === null ? 1 : weight[i];
    if (Number.isNaN(values[i]) || w === 0) continue;
    sum += w * values[i];
    total += w;
  }
  if (total === 0) return { mean: 0, scale: 0 };
  const mean = sum / total;
  let square = 0;
  for (let i = 0; i < values.length; i++) {
    const w = weight === null ? 1 : weight[i];
    if (!Number.isNaN(values[i]) && w !== 0) square += w * (values[i] - mean) ** 2;
  }
  const scale = Math.sqrt(square / total);
  return { mean, scale: scale > 1e-9 * Math.max(1e-300, Math.abs(mean)) ? scale : 0 };
}

export class FittedRidge implements FittedRegressor {
  readonly #names: readonly string[];
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
    this.#names = parts.names;
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

  /** Absolute standardised coefficients, added up per source column. */
  importance(): readonly { readonly name: string; readonly share: number }[] {
    const size = new Float64Array(this.#names.length);
    this.#terms.forEach(({ source }, t) => {
      size[source] += Math.abs(this.#coefficient[t] * this.#scale[t]);
    });
    const total = size.reduce((sum, value) => sum + value, 0);
    if (total <= 0) return [];
    return this.#names
      .map((name, f) => ({ name, share: size[f] / total }))
      .filter(({ share }) => share > 0)
      .sort((a, b) => b.share - a.share);
  }

  toJSON(): z.infer<typeof fittedSchema> {
    return {
      format: 'voltcast-linear',
      version: 1,
      names: [...this.#names],
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
      const terms = termsOf(features);
      const centre = params.fit_intercept ? moments(target, weight).mean : 0;
      const design: Float64Array[] = [];
      const used: number[] = [];
      const fill = new Float64Array(terms.length);
      const scale = new Float64Array(terms.length);
      terms.forEach((term, t) => {
        const raw = features.columns[term.source];
        const plain = moments(raw, weight);
        fill[t] = plain.mean;
        const values = termValues(raw, rows, term, plain.mean);
        const { mean, scale: spread } = moments(values, weight);
        scale[t] = spread;
        if (spread === 0) return;
        const shift = params.fit_intercept ? mean : 0;
        for (let i = 0; i < rows; i++) values[i] = (values[i] - shift) / spread;
        design.push(values);
        used.push(t);
      });
      context.progress(0.3, 'normal equations');
      const p = design.length;
      const gram = new Float64Array(p * p);
      const right = new Float64Array(p);
      const centred = Float64Array.from(target, (y) => y - centre);
      addNormalEquations(design, rows, centred, weight, gram, right);
      let total = rows;
      if (weight !== null) total = weight.reduce((sum, w) => sum + w, 0);
      for (let j = 0; j < p; j++) gram[j * p + j] += params.alpha * total;
      context.progress(0.8, 'solving');
      const solution = solveSymmetric(gram, right);
      const coefficient = new Float64Array(terms.length);
      let intercept = centre;
      used.forEach((t, j) => {
        coefficient[t] = solution[j] / scale[t];
        if (!params.fit_intercept) return;
        // the mean that was subtracted, recovered from the term itself
        intercept -= coefficient[t] * termMean(features.columns[terms[t].source], rows, terms[t], fill[t], weight);
      });
      context.progress(1);
      return Promise.resolve(new FittedRidge({ names: features.names, terms, coefficient, fill, scale, intercept }));
    },
  };
}

function termMean(column: Float64Array, rows: number, term: Term, fill: number, weight: Float64Array | null): number {
  return moments(termValues(column, rows, term, fill), weight).mean;
}
