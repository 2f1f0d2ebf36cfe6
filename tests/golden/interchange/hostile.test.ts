/** Damaged and hostile files: an error that says where, or a model that can be walked; never a crash or a hang. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../../src-preload/contract/index.ts';
import { readModelFile, writeModelFile } from '../../../src-main/models/boosting/interchange/formats.ts';
import { writeUbjson } from '../../../src-main/models/boosting/interchange/ubjson.ts';
import { bytesOf, cases, columnsOf, predictCase } from './cases.ts';

const samples = [
  'xgboost-categories',
  'xgboost-categories-binary',
  'xgboost-vectors',
  'lightgbm-categories',
  'lightgbm-stump',
  'catboost-statistics',
  'catboost-lossguide',
];

/** What is read must predict; what is not must say so. @returns the error's code, or 'read' */
function attempt(bytes: Uint8Array, name: string): string {
  try {
    const { ensemble } = readModelFile({ bytes, file: 'damaged.model' });
    const rows = 3;
    if (ensemble.features.length < 50)
      predictCase(
        ensemble,
        ensemble.features.map((_, f) => Float64Array.from({ length: rows }, (__, i) => (i === 0 ? Number.NaN : i * f))),
      );
    writeModelFile(ensemble, ensemble.dialect === 'catboost' ? 'catboost-json' : 'lightgbm-text');
    return 'read';
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw new Error(`${name}: ${String(thrown)}`, { cause: thrown });
    if (!['model-file', 'model-unsupported', 'model-not-exportable', 'columns-mismatch'].includes(thrown.code)) throw thrown;
    if (thrown.code === 'model-file') {
      expect(thrown.message).toContain('damaged.model');
      expect(thrown.hint).toBeTruthy();
      expect(thrown.place?.file).toBe('damaged.model');
    }
    return thrown.code;
  }
}

/** So that time goes into many small changes and not into large files. */
const small = (name: string): Uint8Array => bytesOf(cases[name].file);

describe.each(samples)('%s', (name) => {
  const bytes = small(name);

  test('cut off anywhere', () => {
    const step = Math.max(1, Math.floor(bytes.length / 300));
    let read = 0;
    for (let end = 0; end < bytes.length; end += step) if (attempt(bytes.subarray(0, end), name) === 'read') read++;
    // only what follows LightGBM's trees can be spared
    if (!name.startsWith('lightgbm')) expect(read).toBe(0);
  });

  test('bytes changed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (changes) => {
          const damaged = Uint8Array.from(bytes);
          for (const [at, value] of changes) damaged[at] = value;
          attempt(damaged, name);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('numbers changed', () => {
    if (name.endsWith('binary')) return;
    const text = new TextDecoder().decode(bytes);
    const places = [...text.matchAll(/-?\d+(\.\d+)?([eE][-+]?\d+)?/g)];
    const values = ['-1', '0', '1', '4294967295', '1e308', '-2147483648', '99999999999999999999', '0.5', 'null', '""', '[]', '{}'];
    fc.assert(
      fc.property(fc.nat(places.length - 1), fc.constantFrom(...values), (i, value) => {
        const { index, 0: old } = places[i];
        attempt(new TextEncoder().encode(text.slice(0, index) + value + text.slice(index + old.length)), name);
      }),
      { numRuns: 120 },
    );
  });
});

describe('by hand', () => {
  const error = (bytes: Uint8Array | string): AppError => {
    try {
      readModelFile({ bytes: typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes, file: 'm.json' });
    } catch (thrown) {
      if (thrown instanceof AppError) return thrown;
      throw thrown;
    }
    throw new Error('it was read');
  };
  const xgboost = (change: (document: Record<string, never>) => void): string => {
    const document = JSON.parse(new TextDecoder().decode(small('xgboost-categories'))) as Record<string, never>;
    change(document);
    return JSON.stringify(document);
  };
  type Loose = Record<string, Record<string, Record<string, Record<string, Record<string, unknown[]>[]>>>>;
  const tree = (document: unknown): Record<string, unknown[]> =>
    (document as Loose)['learner']['gradient_booster']['model']['trees'][0];

  test('empty, unknown and foreign files', () => {
    expect(error('').message).toContain('it is empty');
    expect(error('hello').code).toBe('model-file');
    expect(error('CBM1....').hint).toContain("format='json'");
    expect(error('\u0000\u0001').code).toBe('model-file');
    expect(error(Uint8Array.of(0x80, 4, 0x95)).message).toContain('pickle');
    expect(error('{"a": 1}').message).toContain('neither');
    expect(error('[1]').code).toBe('model-file');
  });

  test('nesting and brackets', () => {
    expect(error('{"learner":' + '['.repeat(100_000)).message).toContain('nested deeper');
    expect(error(Uint8Array.from([0x7b, 0x69, 1, 0x61, ...new Array<number>(100_000).fill(0x5b)])).message).toContain('nested');
  });

  test('a JSON mistake names its line', () => {
    expect(error('{"learner":\n {"x": 1,,}}').place?.line).toBe(2);
  });

  test('counts that no file could hold', () => {
    const huge = [0x4c, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    // a typed list, a list, a text and an object of 2^63 - 1 items
    for (const body of [[0x5b, 0x24, 0x64, 0x23], [0x5b, 0x23], [0x53], [0x7b, 0x23]])
      expect(error(Uint8Array.from([0x7b, 0x69, 1, 0x61, ...body, ...huge])).code).toBe('model-file');
  });

  test('children that lead back, are shared, or do not exist', () => {
    const cases: [number, number, string][] = [
      [0, 0, 'leads back'],
      [1, 0, 'leads back'],
      [1, 2, 'two parents'],
      [0, 4000, 'but there are'],
      [0, 1.5, 'but there are'],
    ];
    for (const [node, child, message] of cases) {
      const found = error(xgboost((document) => (tree(document)['left_children'][node] = child)));
      expect(found.message).toContain(message);
      expect(found.place?.key).toContain('trees[0]');
    }
  });

  test('a category that would take gigabytes', () => {
    expect(error(xgboost((document) => (tree(document)['categories'][0] = 2 ** 31))).message).toContain('category');
    expect(error(xgboost((document) => (tree(document)['categories_sizes'][0] = 2 ** 40))).message).toContain('outside');
  });

  test('keys of prototypes are keys', () => {
    expect(error('{"__proto__": {"learner": {}}}').code).toBe('model-file');
    expect(error(writeUbjson({ learner: { constructor: 'x' } })).place?.key).toBe('learner');
  });

  test('what is not supported says what to do', () => {
    const linear = JSON.stringify({
      learner: {
        learner_model_param: { num_feature: '1' },
        objective: { name: 'reg:squarederror' },
        gradient_booster: { name: 'gblinear' },
      },
    });
    expect(error(linear)).toMatchObject({ code: 'model-unsupported', hint: 'Train with booster gbtree or dart.' });
    const text = new TextDecoder().decode(small('lightgbm-stump'));
    expect(error(text.replace('version=v4', 'version=v2')).code).toBe('model-unsupported');
    expect(error(text.replace('objective=regression', 'objective=regression sqrt')).code).toBe('model-unsupported');
    expect(error(new TextDecoder().decode(small('lightgbm-categories')).replace('is_linear=0', 'is_linear=1')).hint).toContain(
      'linear_tree=false',
    );
  });
});
