import { expect, test } from 'vitest';
import { intervalsOf } from '../../charts/forecast-shapes.ts';
import { sampleRun } from '../../stores/runs-sample.ts';
import { quantilePresets, usableRuns } from './forecast-choice.ts';

test('the champion first, then the smallest error; only what can forecast this dataset', () => {
  const metrics = sampleRun().metrics!;
  const runs = [
    sampleRun({ id: 'good', metrics: { ...metrics, mae: 5 } }),
    sampleRun({ id: 'best', metrics: { ...metrics, mae: 4 } }),
    sampleRun({ id: 'crowned', champion: true, metrics: { ...metrics, mae: 9 } }),
    sampleRun({ id: 'failed', status: 'failed' }),
    sampleRun({ id: 'sensor', task: 'regression' }),
    sampleRun({ id: 'elsewhere', dataset: 'oven' }),
  ];
  expect(usableRuns(runs, 'steel').map((run) => run.id)).toEqual(['crowned', 'best', 'good']);
});

test('every preset has the median and intervals to draw', () => {
  for (const levels of Object.values(quantilePresets)) {
    expect(levels).toContain(0.5);
    expect(intervalsOf(levels)).toHaveLength((levels.length - 1) / 2);
  }
});
