import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { modelTypes } from '../../src-preload/contract/index.ts';
import type { AppError, DatasetVersion } from '../../src-preload/contract/index.ts';
import { listTemplates, readRecipe, saveRecipe } from './catalogue.ts';
import { derivedFiles } from './derived-files.ts';
import { recipeJsonSchema, schemaFile } from './json-schema.ts';
import { parseRecipe } from './parse.ts';
import { portfolioFor } from './portfolio.ts';
import { resourcesFolder, setResourcesFolder, templatesFolder } from './resources-folder.ts';
import { taskReady } from './rules.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'voltcast-recipes-'));
});
afterEach(() => {
  setResourcesFolder(null);
  rmSync(folder, { recursive: true, force: true });
});

const thrownBy = (work: () => unknown): AppError => {
  try {
    work();
  } catch (error) {
    return error as AppError;
  }
  throw new Error('nothing was thrown');
};

/** file names the product promises */
const promised = [
  'xgboost_config.yaml',
  'lightgbm_config.yaml',
  'catboost_config.yaml',
  'ensemble_lightgbm_config.yaml',
  'ensemble_ridge_config.yaml',
  'chronos2_zeroshot_config.yaml',
  'chronos2_finetuned_config.yaml',
  'chronos2_covariates_config.yaml',
  'chronos_bolt_config.yaml',
  'chronos_t5_config.yaml',
  'linear_config.yaml',
  'seasonal_naive_config.yaml',
  'blend_config.yaml',
];

describe('templates', () => {
  it('are all there', () => {
    const names = listTemplates(null).map((template) => template.name);
    for (const name of promised) expect(names).toContain(name);
    expect(names[0]).toBe('seasonal_naive_config.yaml');
  });

  it('load without an issue but for tasks that are not here, and say what they are', () => {
    for (const template of listTemplates(null)) {
      const { text } = readRecipe(template.name, null);
      const { issues, recipe } = parseRecipe(text, template.name);
      expect(issues.filter((issue) => issue.code !== 'engine-not-available')).toEqual([]);
      expect(issues.length === 0).toBe(template.engineReady);
      expect(recipe?.model.type).toBe(template.modelType);
      expect(template.engineReady).toBe(taskReady(template.task));
      expect(template.description.length).toBeGreaterThan(20);
      expect(template.title).not.toBe('');
      expect(template.builtIn).toBe(true);
      expect(text).toMatch(/^# yaml-language-server: \$schema=recipe\.schema\.json\n/);
    }
  });

  it('show the parameters the engine would take anyway, as write-schema.ts writes them', () => {
    for (const { file, text } of derivedFiles()) expect(text, file).toBe(readFileSync(file, 'utf8'));
  });

  it('of which one says otherwise would be rewritten', () => {
    const name = 'ensemble_ridge_config.yaml';
    const { text } = readRecipe(name, null);
    mkdirSync(path.join(folder, 'recipes'));
    for (const { file } of derivedFiles()) cpSync(file, path.join(folder, 'recipes', path.basename(file)));
    const changed = path.join(folder, 'recipes', name);
    writeFileSync(changed, text.replace(/base_models: .*/, 'base_models: [linear]'));
    setResourcesFolder(folder);
    const derived = derivedFiles().find(({ file }) => file === changed)!;
    expect(parse(derived.text)).toEqual(parse(text));
  });
});

describe('recipe.schema.json', () => {
  it('is current (else: node src-main/recipes/write-schema.ts)', () => {
    const file = path.join(templatesFolder(), schemaFile);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(recipeJsonSchema());
  });

  it('accepts every template and refuses what the parser refuses', () => {
    const check = new Ajv2020({ strict: false }).compile(recipeJsonSchema());
    for (const { name } of listTemplates(null)) {
      check(parse(readRecipe(name, null).text));
      expect(check.errors ?? [], name).toEqual([]);
    }
    const refused = [
      'model:\n  type: xgboost\n  params: { max_dept: 6 }\n',
      'model:\n  type: xgboost\n  params: { max_depth: deep }\n',
      'model:\n  type: linear\n  params: { max_depth: 6 }\n',
      'model:\n  type: linear\nsplit: { gap: -1 }\n',
      'model:\n  type: linear\nhorizon: 3\n',
      'version: 1\n',
    ];
    for (const text of refused) {
      expect(check(parse(text)), text).toBe(false);
      expect(parseRecipe(text).recipe, text).toBeNull();
    }
    expect(check(parse('model:\n  type: linear\ndata:\n'))).toBe(true);
  });

  it('describes the parameters of every type', () => {
    const { properties } = recipeJsonSchema() as { properties: { model: { allOf: unknown[] } } };
    expect(properties.model.allOf).toHaveLength(modelTypes.length);
  });
});

describe('own recipes', () => {
  const text = 'name: Mine\nmodel:\n  type: linear\n';

  it('are saved, listed after the templates and read by their name', () => {
    const own = path.join(folder, 'recipes');
    expect(saveRecipe('mine', text, own)).toMatchObject({ name: 'mine.yaml', title: 'Mine', builtIn: false });
    expect(listTemplates(own).at(-1)).toMatchObject({ name: 'mine.yaml', engineReady: true });
    for (const name of ['mine', 'mine.yaml'])
      expect(readRecipe(name, own)).toEqual({ name: 'mine.yaml', text });
    saveRecipe('mine.yaml', text.replace('Mine', 'Ours'), own);
    expect(readRecipe('mine', own).text).toContain('Ours');
  });

  it('that do not load are listed with the reason', () => {
    writeFileSync(path.join(folder, 'broken.yaml'), 'model:\n  type: xgboost\n  parms: {}\n');
    writeFileSync(path.join(folder, 'notes.txt'), 'no recipe');
    const listed = listTemplates(folder).filter((template) => !template.builtIn);
    expect(listed).toHaveLength(1);
    expect(listed[0]).toMatchObject({ name: 'broken.yaml', modelType: 'xgboost', engineReady: false });
    expect(listed[0]?.description).toMatch(/^Does not load: line 3, column 3: parms is not a key of model/);
  });

  it('never take the place of a template, and never leave the folder', () => {
    expect(thrownBy(() => saveRecipe('xgboost_config.yaml', text, folder))).toMatchObject({
      code: 'recipe-is-template',
      details: { suggestion: 'my_xgboost.yaml' },
    });
    for (const name of ['../up', 'a/b', '..', '.hidden', 'C:\\x', ''])
      expect(thrownBy(() => saveRecipe(name, text, folder)).code, name).toBe('recipe-name-invalid');
    mkdirSync(path.join(folder, 'own'));
    writeFileSync(path.join(folder, 'secret.yaml'), text);
    expect(thrownBy(() => readRecipe('../secret.yaml', path.join(folder, 'own'))).code).toBe(
      'recipe-not-found',
    );
  });

  it('are refused when they are wrong', () => {
    expect(thrownBy(() => saveRecipe('x', 'model:\n  type: linaer\n', folder))).toMatchObject({
      code: 'recipe-invalid',
      place: { file: 'x.yaml', line: 2, column: 9 },
    });
  });

  it.each([
    ['xgboost', 'xgboost_config.yaml'],
    ['linear_config', 'linear_config.yaml'],
  ])('%s stands for %s', (short, name) => {
    expect(readRecipe(short, null).name).toBe(name);
  });

  it('name the nearest when there is none of that name', () => {
    expect(thrownBy(() => readRecipe('xgbost', null))).toMatchObject({
      code: 'recipe-not-found',
      hint: 'Did you mean xgboost_config.yaml?',
    });
  });
});

describe('resourcesFolder', () => {
  it('is found from the sources, and where the shell says', () => {
    expect(resourcesFolder()).toBe(path.resolve(import.meta.dirname, '..', '..', 'resources'));
    mkdirSync(path.join(folder, 'recipes'));
    writeFileSync(path.join(folder, 'recipes', 'only_config.yaml'), 'model:\n  type: linear\n');
    setResourcesFolder(folder);
    expect(listTemplates(null).map((template) => template.name)).toEqual(['only_config.yaml']);
  });
});

describe('portfolioFor', () => {
  const hour = 3_600_000;
  const dataset = (days: number, more: Partial<DatasetVersion> = {}): DatasetVersion =>
    ({
      target: 'kWh',
      frequency: 'PT1H',
      start: 0,
      end: (days * 24 - 1) * hour,
      columns: [{ name: 'kWh', kind: 'load' }],
      ...more,
    }) as DatasetVersion;
  const quick = (days: number, more: Partial<DatasetVersion> = {}): readonly string[] =>
    portfolioFor(dataset(days, more)).recipes;
  const tuned = ['chronos2_finetuned_config.yaml', 'chronos2_covariates_config.yaml'];

  it('takes every forecast template', () => {
    const chosen = quick(60);
    // simple ones first
    expect(chosen.slice(0, 4)).toEqual([
      'seasonal_naive_config.yaml',
      'seasonal_naive_weekly_config.yaml',
      'linear_config.yaml',
      'xgboost_config.yaml',
    ]);
    expect(chosen).not.toContain('soft_sensor_config.yaml');
    // trained when asked for
    const onRequest = [
      'decision_tree_config.yaml',
      'random_forest_config.yaml',
      ...tuned,
      'chronos_bolt_config.yaml',
      'chronos_t5_config.yaml',
    ];
    for (const name of onRequest) expect(chosen).not.toContain(name);
    for (const name of promised.filter((one) => !onRequest.includes(one))) expect(chosen).toContain(name);
  });

  it('leaves out what the data cannot carry', () => {
    expect(portfolioFor(dataset(60, { target: null }))).toEqual({ recipes: [], thorough: [] });
    expect(quick(4)).toEqual(['seasonal_naive_config.yaml']);
    expect(quick(1)).toEqual([]);
    const daily = { frequency: 'P1D', end: 59 * 24 * hour };
    expect(quick(60, daily)).not.toContain('seasonal_naive_config.yaml');
  });

  it('keeps what takes long apart, with covariates where there are some', () => {
    const columns = (kind: string) =>
      ({
        columns: [
          { name: 'kWh', kind: 'load' },
          { name: 'x', kind },
        ],
      }) as Partial<DatasetVersion>;
    expect(portfolioFor(dataset(60)).thorough).toEqual(tuned.slice(0, 1));
    expect(portfolioFor(dataset(60, columns('constant'))).thorough).toEqual(tuned.slice(0, 1));
    expect(portfolioFor(dataset(60, columns('covariate'))).thorough).toEqual(tuned);
    expect(portfolioFor(dataset(20, columns('covariate'))).thorough).toEqual([]);
  });
});
