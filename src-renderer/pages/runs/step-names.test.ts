import { expect, test } from 'vitest';
import { modelTypes, stepIds, stepName } from '../../../src-preload/contract/index.ts';

const texts = import.meta.glob<{ step: Record<string, string> }>(
  '../../../resources/translations/*/common.json',
  { eager: true, import: 'default' },
);

test('a pretrained network is loaded, not trained; one that is trained further is both', () => {
  const named = (type: (typeof modelTypes)[number]) => [stepName('features', type), stepName('train', type)];
  expect(named('xgboost')).toEqual(['features', 'train']);
  for (const type of ['chronos2_zeroshot', 'chronos_bolt', 'chronos_t5'] as const)
    expect(named(type)).toEqual(['prepare-data', 'load-pipeline']);
  for (const type of ['chronos2_finetuned', 'chronos2_covariates'] as const)
    expect(named(type)).toEqual(['prepare-data', 'load-pipeline-fine-tune']);
  expect(stepName('evaluate', 'chronos2_zeroshot')).toBe('evaluate');
});

test('while it runs, a step is called by the part that it is in', () => {
  const at = (message: string | null) => stepName('train', 'chronos2_finetuned', message);
  expect(['load-pipeline', 'fine-tune: step 3 of 300', null].map(at)).toEqual([
    'load-pipeline',
    'fine-tune',
    'load-pipeline-fine-tune',
  ]);
  expect(stepName('train', 'xgboost', 'fine-tune')).toBe('train');
});

test('each has a name in every language', () => {
  expect(Object.keys(texts).length).toBeGreaterThan(1);
  const names = modelTypes.flatMap((type) =>
    stepIds.flatMap((id) => [null, 'load-pipeline', 'fine-tune'].map((part) => stepName(id, type, part))),
  );
  for (const { step } of Object.values(texts))
    for (const name of new Set(names)) expect(step[name], name).toMatch(/\p{L}/u);
});
