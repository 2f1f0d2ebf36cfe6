import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  addDataset,
  addEvaluatedRun,
  plantFrame,
  temporaryWorkspace,
} from '../../tests/support/evaluated-run.ts';
import { recipeOf } from '../../tests/support/frames.ts';
import { comparisonSchema, diagnosticsSchema } from '../../src-preload/contract/index.ts';
import type { RunSummary } from '../../src-preload/contract/index.ts';
import type { Workspace } from '../workspace/types.ts';
import { createComparisonService, differingParams } from './comparison.ts';

describe('comparison', () => {
  let workspace: Workspace;
  let good: RunSummary;
  let poor: RunSummary;
  let shorter: RunSummary;

  beforeAll(async () => {
    workspace = temporaryWorkspace();
    const frame = plantFrame();
    const dataset = addDataset(workspace, frame);
    good = (await addEvaluatedRun(workspace, dataset, frame, { season: 168 })).run;
    poor = (await addEvaluatedRun(workspace, dataset, frame, { season: 24 })).run;
    shorter = (await addEvaluatedRun(workspace, dataset, frame, { season: 168, horizon: 12 })).run;
  });
  afterAll(() => workspace.close());

  it('tells a real difference from the first run, with the sign of the better', () => {
    const result = createComparisonService({ workspace }).compare([poor.id, good.id]);
    expect(() => comparisonSchema.parse(result)).not.toThrow();
    expect(result.sameSplit).toBe(true);
    expect(result.runs.map((run) => run.id)).toEqual([poor.id, good.id]);
    expect(result.runs[0]).not.toHaveProperty('recipeText');
    expect(result.significance[0]).toEqual({ runId: poor.id, statistic: null, pValue: null });
    expect(result.significance[1].statistic).toBeLessThan(0);
    expect(result.significance[1].pValue).toBeLessThan(0.05);
    expect(result.diagnostics).toHaveLength(2);
    expect(result.diagnostics[0].byHourOfWeek.mae).toHaveLength(168);
  });

  it('says when runs were scored on different rows, and tests nothing then', () => {
    const result = createComparisonService({ workspace }).compare([good.id, shorter.id]);
    expect(result.sameSplit).toBe(false);
    expect(result.significance[1].pValue).toBeNull();
    expect(result.params.map((param) => param.key)).toContain('forecast.horizon');
  });

  it('keeps a run without a backtest in the table', () => {
    const queued = workspace.createRun({
      recipeName: 'new.yaml',
      recipeText: '',
      recipe: recipeOf(),
      dataset: 'plant',
      datasetVersion: 1,
      experiment: 'plant',
      tags: {},
      parentRunId: null,
    });
    const service = createComparisonService({ workspace });
    const result = service.compare([good.id, queued.id]);
    expect(result.runs).toHaveLength(2);
    expect(result.diagnostics).toHaveLength(1);
    expect(() => service.diagnostics(queued.id, 100)).toThrow(/has no backtest: it is queued/);
  });

  it('adds importance and curves to the diagnostics of one run', () => {
    const result = createComparisonService({ workspace }).diagnostics(good.id, 200);
    expect(() => diagnosticsSchema.parse(result)).not.toThrow();
    expect(result.featureImportance[0]).toEqual({ name: 'lag_24', share: 0.7 });
    expect(result.curves).toEqual([{ name: 'train rmse', x: [1], y: [3] }]);
    expect(result.series.t.length).toBeLessThanOrEqual(200);
  });
});

describe('differingParams', () => {
  it('lists what is not equal, with null where a key is not there', () => {
    const runs: { params: Record<string, string> }[] = [
      { params: { a: '1', b: '2' } },
      { params: { a: '1', b: '3', c: '4' } },
    ];
    expect(differingParams(runs)).toEqual([
      { key: 'b', values: ['2', '3'] },
      { key: 'c', values: [null, '4'] },
    ]);
  });
});
