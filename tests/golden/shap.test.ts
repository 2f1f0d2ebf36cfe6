/** Contributions and importances against those of XGBoost, LightGBM and CatBoost; `make_shap.py` wrote the file. */
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { NodeTrees, SymmetricTrees, TreeEnsemble } from '../../src-main/models/boosting/ensemble.ts';
import { predictionValuesChange, splitImportances } from '../../src-main/models/boosting/explain/importances.ts';
import { treeContributions } from '../../src-main/models/boosting/explain/shap.ts';

interface Case {
  readonly name: string;
  readonly dialect: TreeEnsemble['dialect'];
  readonly columns: readonly (readonly (number | null)[])[];
  readonly categories: number;
  readonly trees: { readonly shape: 'nodes' | 'symmetric' } & Readonly<Record<string, number[]>>;
  readonly shap: readonly (readonly (readonly number[])[])[];
  readonly importance: Readonly<Record<string, number[]>>;
  readonly compare: 'lt' | 'le';
  readonly single: boolean;
  readonly outputs: number;
  readonly treeOutput: number[] | null;
  readonly missingAs: ('min' | 'max')[] | null;
  readonly bias?: number;
}

const { cases } = JSON.parse(fs.readFileSync(new URL('shap.json', import.meta.url), 'utf8')) as { cases: Case[] };

function ensembleOf(golden: Case): TreeEnsemble {
  const { trees: raw, outputs } = golden;
  const ints = (name: string): Int32Array => Int32Array.from(raw[name]);
  const floats = (name: string): Float64Array => Float64Array.from(raw[name]);
  const trees: NodeTrees | SymmetricTrees =
    raw.shape === 'nodes'
      ? {
          shape: 'nodes',
          start: ints('start'),
          feature: ints('feature'),
          threshold: floats('threshold'),
          left: ints('left'),
          right: ints('right'),
          flags: Uint8Array.from(raw['flags']),
          value: floats('value'),
          gain: floats('gain'),
          cover: floats('cover'),
          count: floats('count'),
          setStart: ints('setStart'),
          setBits: Uint32Array.from(raw['setBits']),
        }
      : {
          shape: 'symmetric',
          start: ints('start'),
          feature: ints('feature'),
          border: floats('border'),
          equal: Uint8Array.from(raw['equal']),
          leafStart: ints('leafStart'),
          value: floats('value'),
          weight: floats('weight'),
          gain: floats('gain'),
        };
  return {
    dialect: golden.dialect,
    features: golden.columns.map((_, f) => ({
      name: `f${f}`,
      kind: golden.categories > 0 && f === golden.columns.length - 1 ? 'category' : 'number',
      categories: null,
    })),
    derived: [],
    tables: [],
    outputs,
    leafWidth: 1,
    treeOutput: Int32Array.from(golden.treeOutput ?? new Int32Array(raw['start'].length - 1)),
    base: new Float64Array(outputs).fill(golden.bias ?? 0),
    scale: 1,
    treesPerRound: outputs,
    trees,
    compare: golden.compare,
    single: golden.single,
    missingAs: golden.missingAs,
    link: 'identity',
    objective: '',
    levels: null,
  };
}

describe.each(cases)('$name', (golden) => {
  const ensemble = ensembleOf(golden);
  const columns = golden.columns.map((column) => Float64Array.from(column, (x) => x ?? Number.NaN));
  const rows = columns[0].length;

  test.each(['plain', 'tables'] as const)('contributions, %s', (method) => {
    const { values, expected } = treeContributions(ensemble, columns, rows, { method });
    golden.shap.forEach((table, output) => {
      const most = Math.max(...table.flat().map(Math.abs));
      let worst = 0;
      table.forEach((row, i) =>
        row.slice(0, -1).forEach((theirs, f) => {
          worst = Math.max(worst, Math.abs(values[output][f][i] - theirs) / most);
        }),
      );
      expect(worst).toBeLessThan(1e-5);
      // XGBoost adds its base score, which the dumped trees do not hold
      if (golden.dialect !== 'xgboost') expect(Math.abs(expected[output] - table[0].at(-1)!) / most).toBeLessThan(1e-5);
    });
  });

  test('importances', () => {
    const own = splitImportances(ensemble);
    const pairs: Record<string, Float64Array> =
      golden.dialect === 'xgboost'
        ? { weight: own.weight, gain: own.gain, cover: own.cover, total_gain: own.totalGain, total_cover: own.totalCover }
        : golden.dialect === 'lightgbm'
          ? { split: own.weight, gain: own.totalGain }
          : { PredictionValuesChange: predictionValuesChange(ensemble) };
    for (const [kind, values] of Object.entries(pairs))
      golden.importance[kind].forEach((theirs, f) => {
        expect(Math.abs(values[f] - theirs), `${kind} ${f}`).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(theirs)));
      });
  });
});
