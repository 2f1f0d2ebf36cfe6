import { describe, expect, test } from 'vitest';
import { AppError, recipeSchema } from '../../../src-preload/contract/index.ts';
import type { Recipe } from '../../../src-preload/contract/index.ts';
import type { Frame } from '../../data/frame.ts';
import type { FitContext, FittedModel, ForecastBatch, SeriesTask } from '../estimator.ts';
import { createRandom } from '../random.ts';
import { createEstimator, reviveModel } from '../registry.ts';
import { forecastFolds } from './folds.ts';
import { runInTurn } from './member-jobs.ts';
import type { MemberJob } from './member-jobs.ts';
import { workersFor } from './stack.ts';

const hourMs = 3_600_000;
const context: FitContext = { seed: 7, threads: 1, progress: () => 0, curve: () => 0, log: () => 0 };

/** Hours of a load with a daily and weekly shape and a temperature; `grow` adds that share of the level per week. */
function plant(weeks: number, { seed = 1, grow = 0 } = {}): Frame {
  const random = createRandom(seed);
  const time = Float64Array.from({ length: weeks * 168 }, (_, i) => Date.UTC(2024, 0, 1) + i * hourMs);
  const temperature = Float64Array.from(time, (_, i) => 10 + 8 * Math.sin(i / 50) + random.next());
  const load = Float64Array.from(time, (_, i) => {
    const busy = Math.floor(i / 24) % 7 < 5 && i % 24 >= 7 && i % 24 < 18;
    return ((busy ? 80 : 10) + 0.5 * temperature[i]) * (1 + (grow * i) / 168) + 4 * random.next();
  });
  return {
    time,
    resolutionMs: hourMs,
    timezone: 'UTC',
    columns: [
      { name: 'load', type: 'number', unit: 'kW', values: load },
      { name: 'temperature', type: 'number', unit: null, values: temperature },
    ],
  };
}
const loadOf = (frame: Frame): Float64Array => (frame.columns[0] as { values: Float64Array }).values;

function perturbed(frame: Frame, from: number): Frame {
  const columns = frame.columns.map((column) =>
    column.type === 'number'
      ? { ...column, values: column.values.map((value, i) => (i < from ? value : 1e4 * (1 + Math.sin(i)))) }
      : column,
  );
  return { ...frame, columns };
}

/** a fixed penalty: choosing it takes longer than all else here */
const linear = { type: 'linear', params: { alpha: 0.01 } };
const members = [linear, { type: 'xgboost', params: { n_estimators: 10 } }, 'seasonal_naive'];
const recipeFor = (
  type: string,
  params: Record<string, unknown> = {},
  more: Record<string, unknown> = {},
): Recipe => recipeSchema.parse({ ...more, model: { type, params: { base_models: members, ...params } } });
/** steps ahead: few, because a fit takes as long as it has pairs of origin and lead */
const ahead = 4;
const taskOf = (frame: Frame, recipe: Recipe, horizon = ahead): SeriesTask => ({
  frame,
  target: 'load',
  horizon,
  pastCovariates: recipe.task === 'regression' ? [] : ['temperature'],
  knownCovariates: [],
  recipe,
});

test('an out-of-fold forecast uses no reading after its origin, gap and horizon respected', async () => {
  const frame = plant(6);
  const recipe = recipeFor('ensemble_ridge', {}, { split: { gap: 5 } });
  const trainEnd = 168 * 5;
  const folds = forecastFolds({
    trainEnd,
    start: 0,
    folds: 3,
    firstShare: 0.5,
    horizon: ahead,
    gap: 5,
    stride: 24,
  });
  expect(folds).toHaveLength(3);
  for (const fold of folds) {
    const jobs = (['linear', 'xgboost'] as const).map((type): MemberJob => ({
      member: { type, params: type === 'xgboost' ? { n_estimators: 5 } : linear.params },
      label: type,
      trainEnd: fold.trainEnd,
      predict: { task: 'forecast', origins: fold.origins },
      keep: false,
    }));
    const forecast = (data: Frame) => runInTurn(jobs, taskOf(data, recipe), createEstimator, context);
    const plain = await forecast(frame);
    for (const o of [0, fold.origins.length - 1]) {
      const changed = await forecast(perturbed(frame, fold.origins[o] + 1));
      // and the test can fail: the origin's own reading matters
      const touched = await forecast(perturbed(frame, fold.origins[o] - 30));
      jobs.forEach((_, m) => {
        const part = (all: typeof plain) => all[m].predicted!.slice(0, (o + 1) * ahead);
        expect(part(changed)).toEqual(part(plain));
        expect(part(touched)).not.toEqual(part(plain));
      });
    }
  }
});

describe.each(['ensemble_ridge', 'ensemble_lightgbm'])('%s', (type) => {
  const frame = plant(6);
  const trainEnd = 168 * 5;
  const fit = (data: Frame, params: Record<string, unknown> = {}, more: Partial<FitContext> = {}) => {
    const recipe = recipeFor(type, params);
    return createEstimator(recipe).fit(taskOf(data, recipe), trainEnd, { ...context, ...more });
  };

  test.each(type === 'ensemble_ridge' ? [false, true] : ['calendar', true])(
    'passthrough %s: the future changes neither the fit nor a forecast',
    async (passthrough) => {
      const model = await fit(frame, { passthrough });
      const again = await fit(perturbed(frame, trainEnd), { passthrough });
      expect(JSON.stringify(again.toJSON())).toBe(JSON.stringify(model.toJSON()));
      const origins = Int32Array.of(trainEnd - 1, trainEnd + 40);
      const plain = await model.forecast(frame, origins, ahead, 0);
      for (const [o, origin] of origins.entries()) {
        const other = await model.forecast(perturbed(frame, origin + 1), Int32Array.of(origin), ahead, 0);
        expect(other.point).toEqual(plain.point.slice(o * ahead, (o + 1) * ahead));
      }
    },
  );

  test('what it hears of held-out forecasts is what models fitted before them say', async () => {
    const heard = async (data: Frame) => {
      const batches: ForecastBatch[] = [];
      await fit(data, {}, { heldOut: (batch) => batches.push(batch) });
      expect(batches).toHaveLength(1);
      return batches[0];
    };
    const plain = await heard(frame);
    expect(plain.point).toHaveLength(plain.origins.length * ahead);
    expect(plain.origins.at(-1)).toBe(trainEnd - 1 - ahead);
    const errors = plain.point.map((value, i) => {
      const row = plain.origins[Math.floor(i / ahead)] + 1 + (i % ahead);
      return Math.abs(value - loadOf(frame)[row]);
    });
    expect(errors.every(Number.isFinite)).toBe(true);
    // the noise of the plant is 4 wide; what a model has learnt by heart would come nearer than its half
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    expect(mean).toBeGreaterThan(0.5);
    expect(mean).toBeLessThan(8);
  });

  test('a refit keeps weights and correction and fits the members on the new rows', async () => {
    const recipe = recipeFor(type);
    const estimator = createEstimator(recipe);
    const first = await fit(frame);
    const again = await estimator.refit!(first, taskOf(frame, recipe), frame.time.length, context);
    const parts = (model: FittedModel) =>
      model.toJSON() as { weights: unknown; correction: unknown; members: unknown[] };
    const [before, after] = [parts(first), parts(again)];
    expect(after.weights).toEqual(before.weights);
    expect(after.correction).toEqual(before.correction);
    const member = createEstimator({ ...recipe, model: { type: 'linear', params: linear.params } });
    const alone = await member.fit(taskOf(frame, recipe), frame.time.length, context);
    expect(after.members[0]).toEqual(alone.toJSON());
    expect(after.members[0]).not.toEqual(before.members[0]);
  });

  test('JSON brings the same forecasts back, beyond the last row too', async () => {
    const model = await fit(frame, { passthrough: true });
    const back = reviveModel(JSON.parse(JSON.stringify(model.toJSON())));
    const origins = Int32Array.of(trainEnd - 1, frame.time.length - 1);
    expect(back.type).toBe(type);
    expect(await back.forecast(frame, origins, 60, 2)).toEqual(await model.forecast(frame, origins, 60, 2));
    expect(back.importance()).toEqual(model.importance());
    expect(model.importance().reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
  });

  test('errs no more than the worst member and about as little as the best', async () => {
    const model = await fit(frame);
    const origins = Int32Array.from({ length: 40 }, (_, d) => trainEnd - 1 + ahead * d);
    const rmse = (point: Float64Array): number =>
      Math.sqrt(
        point.reduce(
          (sum, value, i) =>
            sum + (value - loadOf(frame)[origins[Math.floor(i / ahead)] + 1 + (i % ahead)]) ** 2,
          0,
        ) / point.length,
      );
    const own = rmse((await model.forecast(frame, origins, ahead, 0)).point);
    const alone: number[] = [];
    for (const member of [linear, { type: 'seasonal_naive' }]) {
      const recipe = recipeSchema.parse({ model: member });
      const other = await createEstimator(recipe).fit(taskOf(frame, recipe), trainEnd, context);
      alone.push(rmse((await other.forecast(frame, origins, ahead, 0)).point));
    }
    expect(own).toBeLessThan(Math.max(...alone));
    expect(own).toBeLessThan(1.35 * Math.min(...alone));
  });

  test('regression: rows from their own instant, same in JSON', async () => {
    const recipe = recipeFor(
      type,
      { base_models: [linear, { type: 'xgboost', params: { n_estimators: 10 } }], passthrough: true },
      { task: 'regression', data: { features: ['temperature'] } },
    );
    const model = await createEstimator(recipe).fit(taskOf(frame, recipe), trainEnd, context);
    const predicted = model.predictRows!(frame);
    expect(predicted).toHaveLength(frame.time.length);
    expect(predicted.every(Number.isFinite)).toBe(true);
    const back = reviveModel(JSON.parse(JSON.stringify(model.toJSON())));
    expect(back.predictRows!(frame)).toEqual(predicted);
    // a window of a forecast is the same rows
    expect((await model.forecast(frame, Int32Array.of(500), 24, 0)).point).toEqual(predicted.slice(501, 525));
  });

  test('too short for folds: equal weights, said in the log', async () => {
    const short = plant(1);
    const recipe = recipeFor(type, { base_models: ['linear', 'seasonal_naive'], folds: 5 });
    const lines: string[] = [];
    const model = await createEstimator(recipe).fit(taskOf(short, recipe, 24), 40, {
      ...context,
      log: (_, message) => void lines.push(message),
    });
    expect((await model.forecast(short, Int32Array.of(39), 24, 0)).point.every(Number.isFinite)).toBe(true);
    expect(lines.join('\n')).toContain('weights: linear 0.500, seasonal_naive 0.500');
  });
});

test('members in threads give what members in turn give, bit for bit, and all is reported', async () => {
  const frame = plant(6);
  const trainEnd = 168 * 5;
  const fit = (params: Record<string, unknown>, more: Partial<FitContext> = {}) => {
    const recipe = recipeFor('ensemble_ridge', params);
    return createEstimator(recipe).fit(taskOf(frame, recipe), trainEnd, { ...context, ...more });
  };
  const heard: number[] = [];
  const lines: string[] = [];
  const curves = new Set<string>();
  const inTurn = await fit({ n_jobs: 1 });
  const sideBySide = await fit(
    { n_jobs: 2 },
    {
      progress: (fraction) => void heard.push(fraction),
      log: (level, message) => void lines.push(`${level} ${message}`),
      curve: (name) => void curves.add(name),
    },
  );
  expect(JSON.stringify(sideBySide.toJSON())).toBe(JSON.stringify(inTurn.toJSON()));
  const origins = Int32Array.of(trainEnd - 1, trainEnd + 40);
  expect(await sideBySide.forecast(frame, origins, ahead, 0)).toEqual(
    await inTurn.forecast(frame, origins, ahead, 0),
  );
  expect(heard.every((fraction, i) => fraction <= 1 && (i === 0 || fraction >= heard[i - 1]))).toBe(true);
  expect(lines.join('\n')).toMatch(/out-of-fold RMSE over \d+ forecasts in 3 folds: linear [\d.]+, xgboost/);
  expect([...curves]).toEqual(['xgboost train rmse']);
});

test('weights follow who forecasts better', async () => {
  const frame = plant(10, { grow: 0.06 });
  const recipe = recipeSchema.parse({
    model: {
      type: 'ensemble_ridge',
      params: { base_models: [linear, 'seasonal_naive'], final_estimator: { alpha: 0 } },
    },
  });
  const model = await createEstimator(recipe).fit(taskOf(frame, recipe), 168 * 9, context);
  const { weights } = model.toJSON() as { weights: number[] };
  expect(weights[0]).toBeGreaterThan(0.9);
  expect(weights[0] + weights[1]).toBeCloseTo(1, 9);
});

test('trees on top follow a load that is higher than any before, because they add to the members', async () => {
  const frame = plant(12, { grow: 0.1 });
  const recipe = recipeSchema.parse({
    model: { type: 'ensemble_lightgbm', params: { base_models: [linear] } },
  });
  const trainEnd = 168 * 10;
  const model = await createEstimator(recipe).fit(taskOf(frame, recipe), trainEnd, context);
  const highest = Math.max(...loadOf(frame).subarray(0, trainEnd));
  const origins = Int32Array.from({ length: 40 }, (_, d) => 168 * 11 - 1 + ahead * d);
  expect(Math.max(...(await model.forecast(frame, origins, ahead, 0)).point)).toBeGreaterThan(highest);
});

test('a correction finds what members miss', async () => {
  const frame = plant(12);
  // nights every member is blind to: seasonal naive of a week repeats noise, so the hour explains a part of the error
  loadOf(frame).forEach(
    (value, i, all) => (all[i] = value + (i % 336 < 168 ? 12 : 0) * (i % 24 === 3 ? 1 : 0)),
  );
  const fit = async (shrinkage: number | 'auto') => {
    const recipe = recipeFor('ensemble_lightgbm', {
      base_models: ['seasonal_naive'],
      passthrough: true,
      final_estimator: { shrinkage },
    });
    return createEstimator(recipe).fit(taskOf(frame, recipe), 168 * 10, context);
  };
  const origins = Int32Array.from({ length: 80 }, (_, d) => 168 * 10 - 1 + ahead * d);
  const error = (point: Float64Array): number =>
    point.reduce(
      (sum, value, i) => sum + (value - loadOf(frame)[origins[Math.floor(i / ahead)] + 1 + (i % ahead)]) ** 2,
      0,
    );
  const without = error((await (await fit(0)).forecast(frame, origins, ahead, 0)).point);
  const found = error((await (await fit('auto')).forecast(frame, origins, ahead, 0)).point);
  expect(found).toBeLessThan(0.9 * without);
});

describe('what cannot be', () => {
  const failing = (params: Record<string, unknown>): AppError => {
    try {
      createEstimator(recipeSchema.parse({ model: { type: 'ensemble_ridge', params } }));
    } catch (error) {
      if (error instanceof AppError) return error;
    }
    throw new Error('nothing was thrown');
  };
  test('an ensemble within an ensemble', () => {
    expect(failing({ base_models: ['linear', 'blend'] })).toMatchObject({
      code: 'model-params',
      place: { key: 'model.params.base_models.1' },
    });
  });
  test('wrong parameters of a member name the member', () => {
    const error = failing({ base_models: ['linear', { type: 'xgboost', params: { etta: 1 } }] });
    expect(error.message).toMatch(/base_models\.1 \(xgboost\).*etta/);
  });
  test('wrong parameters of its own', () => {
    expect(failing({ final_estimator: { alpha: -1 } }).message).toContain('final_estimator.alpha');
    expect(failing({ folds: 0 }).message).toContain('folds');
  });
  test('a member that fails in a thread fails the fit with its own error', async () => {
    const frame = plant(6);
    const recipe = recipeFor('ensemble_ridge', { n_jobs: 2 });
    const task = { ...taskOf(frame, recipe), pastCovariates: ['no such column'] };
    await expect(createEstimator(recipe).fit(task, 168 * 5, context)).rejects.toMatchObject({
      code: 'unknown-column',
    });
  });
});

test('threads where they pay', () => {
  expect(workersFor('auto', 2, 16, 28_000)).toBe(2);
  expect(workersFor('auto', 8, 6, 28_000)).toBe(6);
  expect(workersFor('auto', 8, 16, 800)).toBe(1);
  expect(workersFor('auto', 1, 16, 28_000)).toBe(1);
  expect(workersFor('auto', 16, 16, 1_000_000)).toBe(2); // memory decides
  expect(workersFor(1, 8, 16, 28_000)).toBe(1);
});
