/**
 * @file Target statistics during training, as the boosting loop sees them. Several random orders of the rows are kept: each
 * tree's questions are found with the statistics of one of them, drawn anew; its leaf values come from one more order, the
 * averaging one, which no question was chosen by (CatBoost's permutation_count, learning folds and averaging fold).
 *
 * The loop:
 *   const statistics = createStatistics(input, options)          // null: plain numeric training, nothing to do
 *   const engine = createEngine({ columns: statistics.engineColumns, slots: statistics.slots, ... })
 *   statistics.attach(engine, start)
 *   per round:  at = statistics.begin(round)                     // take gradients at these scores
 *               grown = engine.grow({ ...request, ...statistics.request })
 *               tree = statistics.finish(grown, output, estimate)  // columns renumbered, leaves set, all scores moved on
 *               statistics.predicted                             // scores of the training rows so far
 *   at the end: ensemble = { ..., ...statistics.tables() }       // derived, tables
 */
import { createRandom } from '../../random.ts';
import type { Engine, GrowRequest, GrownTree } from '../engine/types.ts';
import type { DerivedColumn, StatisticTable } from '../ensemble.ts';
import { createBucketStore } from './buckets.ts';
import { combinationKey, growCombinations, single } from './combinations.ts';
import type { Combination } from './combinations.ts';
import { binsOf, columnKey, columnsOf, specsOf } from './ctr-columns.ts';
import type { CtrColumn, StatisticChoice } from './ctr-columns.ts';
import { buildTables } from './finished-tables.ts';
import { createOrderedScores, createPlainScores } from './ordered-boosting.ts';
import type { FoldScores, LeafEstimator } from './ordered-boosting.ts';
import { createSlots } from './slots.ts';
import type { FilledColumn } from './slots.ts';
import { targetBorders, targetClasses } from './target-classes.ts';
import { defaultStatistics, onlineBins, targetBordersOf } from './target-statistics.ts';
import type { Buckets, StatisticSpec, TargetClasses } from './target-statistics.ts';

export interface StatisticsInput {
  readonly rows: number;
  /** shape (columns) x (rows); codes for categories, NaN is a category of its own */
  readonly columns: readonly (Float64Array | Float32Array)[];
  readonly categorical: readonly boolean[];
  /** texts of the codes by column, null where unknown: the hashes of the finished tables are made of them */
  readonly categories: readonly (readonly string[] | null)[];
  readonly target: Float64Array;
  readonly weight: Float64Array | null;
  /** shape (columns): how a missing number compares with borders (nan_mode); null: as less */
  readonly missingAs: readonly ('min' | 'max')[] | null;
}

export interface StatisticsOptions {
  readonly choice: StatisticChoice;
  /** one_hot_max_size: columns of up to so many categories are asked for single categories instead */
  readonly oneHotMaxSize: number;
  /** max_ctr_complexity; CatBoost takes 1 below 200 iterations, else 4 */
  readonly maxComplexity: number;
  /** permutation_count, the averaging one included */
  readonly permutations: number;
  /** has_time: rows are ordered by time, which replaces every permutation */
  readonly hasTime: boolean;
  /** model_size_reg: statistics not used yet score less the more combinations they hold */
  readonly modelSizeReg: number;
  /** boosting_type */
  readonly boosting: 'Plain' | 'Ordered';
  /** fold_len_multiplier */
  readonly foldLenMultiplier: number;
  /** bytes for columns of statistics and for groups of rows, each; combinations beyond are not tried */
  readonly memory: number;
  readonly seed: number;
}

/** Defaults of CatBoost 1.2 on the CPU for one output. */
export const defaultStatisticsOptions = (iterations: number, seed: number): StatisticsOptions => ({
  choice: { simple: defaultStatistics, combined: defaultStatistics },
  oneHotMaxSize: 2,
  maxComplexity: iterations < 200 ? 1 : 4,
  permutations: 4,
  hasTime: false,
  modelSizeReg: 0.5,
  boosting: 'Plain',
  foldLenMultiplier: 2,
  memory: 512 * 1024 * 1024,
  seed,
});

export interface Statistics {
  /** columns for the engine: those that statistics replace are constant */
  readonly engineColumns: readonly (Float64Array | Float32Array)[];
  /** columns to reserve ({@link EngineInput.slots}) */
  readonly slots: number;
  /** parts of every {@link GrowRequest}; valid after `attach` */
  readonly request: Required<Pick<GrowRequest, 'beforeLevel' | 'scoreFactor'>>;
  /** raw scores of the training rows by output, of the trees so far; valid after `attach` */
  readonly predicted: readonly Float64Array[];
  /** @param start first raw scores: shape (outputs), or by output and row */
  attach(
    engine: Pick<Engine, 'setSlot' | 'leafOf' | 'floats'>,
    start: Float64Array | readonly Float64Array[],
  ): void;
  /** Draws the order of this round. Returns the scores that gradients are to be taken at, by output. */
  begin(round: number): readonly Float64Array[];
  /** Turns the tree grown last into one of the finished model. */
  finish(grown: GrownTree, output: number, estimate: LeafEstimator): GrownTree;
  /** What finished trees refer to. */
  tables(): { derived: DerivedColumn[]; tables: StatisticTable[] };
}

/** One order of the rows: what it shows of the target, and the scores that trees reached in it. */
interface Fold {
  readonly number: number;
  readonly order: Uint32Array;
  readonly scores: FoldScores;
  /** bins of the statistics of single columns, which every tree may ask for */
  readonly simple: Map<string, Uint8Array>;
}

/** A question of the tree in hand about a statistic: yes when the row's bin is > `bin`. */
interface AskedStatistic {
  readonly column: CtrColumn;
  readonly level: number;
  readonly bin: number;
  readonly buckets: Buckets;
}

/** What counts as used once a tree asked for it: all columns of one kind of one combination. */
const usedKey = ({ spec, combination }: CtrColumn): string =>
  `${spec.statistic}#${combinationKey(combination)}`;

/** @returns null where nothing is to do: no column has more than one_hot_max_size categories and boosting is plain */
export function createStatistics(input: StatisticsInput, options: StatisticsOptions): Statistics | null {
  const { columns, rows } = input;
  const replaced = columns.map(
    (column, c) => input.categorical[c] && hasMore(column, rows, options.oneHotMaxSize),
  );
  const combined = replaced.flatMap((yes, c) => (yes ? [c] : []));
  if (combined.length === 0 && options.boosting === 'Plain') return null;
  const constant = new Float32Array(rows);
  const store = createBucketStore(columns, rows, input.missingAs, options.memory);
  const classes = classesBySpec(input.target, options.choice);
  const slots = createSlots({
    inputs: columns.length,
    combined,
    choice: options.choice,
    maxComplexity: options.maxComplexity,
    most: Math.floor(options.memory / Math.max(1, rows)),
    bordersOf: (spec) => targetBordersOf(spec, classes(spec).count),
  });
  const used = new Set<string>();
  const numbers = new Map<string, number>();
  const derivedColumns: CtrColumn[] = [];
  let engine: Pick<Engine, 'setSlot' | 'leafOf' | 'floats'> | null = null;
  let learning: Fold[] = [];
  let averaging: Fold | null = null;
  let current: Fold | null = null;

  /** All columns of a combination with their bins by the order of `fold`. */
  const makeColumns = (fold: Pick<Fold, 'order' | 'simple'>, combination: Combination): FilledColumn[] => {
    const buckets = store.of(combination);
    return specsOf(combination, options.choice).flatMap((spec) => {
      const described = columnsOf(combination, spec, classes(spec).count);
      const made = described.map((column) => fold.simple.get(columnKey(column)));
      const missing = made.includes(undefined);
      const fresh = missing ? onlineBins(spec, buckets, fold.order, classes(spec)) : [];
      return described.map((column, i) => ({ column, bins: made[i] ?? fresh[i], size: buckets.count }));
    });
  };

  const makeFold = (number: number, order: Uint32Array, scores: FoldScores): Fold => {
    const simple = new Map<string, Uint8Array>();
    for (const c of combined)
      for (const { column, bins } of makeColumns({ order, simple: new Map() }, single(c)))
        simple.set(columnKey(column), bins);
    return { number, order, scores, simple };
  };

  const attached = (): Pick<Engine, 'setSlot' | 'leafOf' | 'floats'> => {
    if (engine === null) throw new Error('attach() comes first');
    return engine;
  };

  /** Leaf of each row by the statistics of `fold`: answers to questions about statistics are given anew. */
  const leavesBy = (fold: Fold, asked: readonly AskedStatistic[]): Int32Array => {
    const { leafOf } = attached();
    if (fold === current || asked.length === 0) return leafOf;
    const out = leafOf.slice();
    for (const { column, level, bin, buckets } of asked) {
      const answers =
        fold.simple.get(columnKey(column)) ?? binsOf(column, buckets, fold.order, classes(column.spec));
      const bit = 1 << level;
      for (let i = 0; i < rows; i++) out[i] = answers[i] > bin ? out[i] | bit : out[i] & ~bit;
    }
    return out;
  };

  const numberOf = (column: CtrColumn): number => {
    const key = columnKey(column);
    let number = numbers.get(key);
    if (number === undefined) {
      number = derivedColumns.push(column) - 1;
      numbers.set(key, number);
      used.add(usedKey(column));
    }
    return columns.length + number;
  };

  return {
    engineColumns: columns.map((column, c) => (replaced[c] ? constant : column)),
    slots: slots.count,
    request: {
      beforeLevel(asked) {
        if (current === null) throw new Error('begin() comes first');
        const fold = current;
        const grown = growCombinations(asked.map(slots.read), combined, options.maxComplexity);
        slots.show(
          [...combined.map(single), ...grown],
          asked,
          fold.number,
          (c) => makeColumns(fold, c),
          attached(),
        );
        slots.weigh((column) => used.has(usedKey(column)), options.modelSizeReg);
      },
      scoreFactor: slots.factor,
    },
    get predicted() {
      if (averaging === null) throw new Error('attach() comes first');
      return averaging.scores.current;
    },
    attach(given, start) {
      engine = given;
      const { target, weight } = input;
      const fold = { target, weight, start, floats: (n: number) => given.floats(n) };
      const orders = rowOrders(rows, options);
      learning = orders
        .slice(0, -1)
        .map((order, number) =>
          makeFold(
            number,
            order,
            options.boosting === 'Plain'
              ? createPlainScores(fold)
              : createOrderedScores(fold, order, options.foldLenMultiplier),
          ),
        );
      averaging = makeFold(orders.length - 1, orders[orders.length - 1], createPlainScores(fold));
    },
    begin(round) {
      current = learning[createRandom(options.seed, 0xf01d, round).integer(learning.length)];
      return current.scores.current;
    },
    finish(grown, output, estimate) {
      const { trees, leaves } = grown;
      if (trees.shape !== 'symmetric' || averaging === null)
        throw new Error('statistics need symmetric trees');
      const asked = Array.from(trees.feature).flatMap((feature, level): AskedStatistic[] => {
        const column = slots.at(feature);
        if (column === null) return [];
        // border k lies a millionth below k + 1
        return [
          { column, level, bin: Math.floor(trees.border[level]), buckets: store.of(column.combination) },
        ];
      });
      for (const fold of learning) fold.scores.add(leavesBy(fold, asked), leaves, output, estimate);
      const leafOf = leavesBy(averaging, asked);
      const value = averaging.scores.add(leafOf, leaves, output, estimate);
      const weight = new Float64Array(leaves);
      for (let i = 0; i < rows; i++) weight[leafOf[i]] += input.weight === null ? 1 : input.weight[i];
      const feature = trees.feature.slice();
      for (const { column, level } of asked) feature[level] = numberOf(column);
      store.endTree();
      return { leaves, trees: { ...trees, feature, value, weight } };
    },
    tables() {
      return buildTables(derivedColumns, input, store, classes);
    },
  };
}

function hasMore(column: Float64Array | Float32Array, rows: number, most: number): boolean {
  const seen = new Set<number>();
  for (let i = 0; i < rows && seen.size <= most; i++) seen.add(column[i]);
  return seen.size > most;
}

/** Random orders of the rows; the last is the averaging one. */
function rowOrders(rows: number, { permutations, hasTime, seed }: StatisticsOptions): Uint32Array[] {
  return Array.from({ length: Math.max(2, permutations) }, (_, p) => {
    const order = Uint32Array.from({ length: rows }, (_, i) => i);
    if (hasTime) return order;
    const random = createRandom(seed, 0x09de2, p);
    for (let i = rows - 1; i > 0; i--) {
      const j = random.integer(i + 1);
      const held = order[i];
      order[i] = order[j];
      order[j] = held;
    }
    return order;
  });
}

/** Classes of the target, made once for each number of borders. */
function classesBySpec(
  target: Float64Array,
  choice: StatisticChoice,
): (spec: StatisticSpec) => TargetClasses {
  const made = new Map<number, TargetClasses>();
  for (const spec of [...choice.simple, ...choice.combined]) {
    if (made.has(spec.targetBorders)) continue;
    const borders = targetBorders(target, spec.targetBorders);
    made.set(spec.targetBorders, { of: targetClasses(target, borders), count: borders.length + 1 });
  }
  return (spec) => made.get(spec.targetBorders) ?? { of: new Uint8Array(target.length), count: 1 };
}
