/**
 * @file The boosting loop: raw score = start + sum over rounds of the leaves of that round's trees.
 *
 * The loop fills derivatives and draws rows, the engine grows trees, and nothing depends on time, threads or the order of
 * work: the same set, configuration and seed give the same ensemble bit for bit.
 */
import type { Statistics } from '../categories/session.ts';
import type { Engine, GrownTree } from '../engine/types.ts';
import { treeCount } from '../ensemble.ts';
import type { NodeTrees, SymmetricTrees, TreeEnsemble } from '../ensemble.ts';
import { differences } from '../objectives/regression.ts';
import type { Scores } from '../objectives/types.ts';
import { createPredictor } from '../predict/predictor.ts';
import { assemble, emptyEnsemble, requireContinuable } from './assemble.ts';
import type { TrainConfig, TrainingSet } from './config.ts';
import { createHistory } from './history.ts';
import type { History } from './history.ts';
import type { TrainHooks, Trained } from './hooks.ts';
import { ruledLeaves, sharedLeaves, steppedLeaves } from './leaf-values.ts';
import { drawRows } from './sampling.ts';
import type { Draw } from './sampling.ts';
import { fillWeights, scale } from './row-weights.ts';
import { createScorer } from './scorer.ts';
import type { Scorer } from './scorer.ts';

/** Lets messages of the run process through. */
const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
/** milliseconds of work between pauses */
const pauseEvery = 20;
/** Rounds between points of the training curve: evaluating the training rows each round costs a tenth of the time. */
const curveStep = 10;

/** One training in an engine that is made for its data. */
export class BoostingLoop {
  readonly #config: TrainConfig;
  readonly #hooks: TrainHooks;
  readonly #engine: Engine;
  readonly #statistics: Statistics | null;
  readonly #scores: Scores;
  /** what the trees of a round, or of a forest, add up to before they count; null where each counts at once */
  readonly #pending: Float64Array | null;
  readonly #scratch: Float32Array;
  /** the target in the engine's memory, where derivatives are differences from it; null where they are not */
  readonly #target: Float64Array | null;
  readonly #empty: TreeEnsemble;
  readonly #watched: Scorer | null;
  readonly #trees: (NodeTrees | SymmetricTrees)[] = [];
  readonly #history: History;
  /** rounds of the model that is continued: random draws go on from there and do not repeat its draws */
  readonly #roundsBefore: number;

  constructor(
    set: TrainingSet,
    config: TrainConfig,
    hooks: TrainHooks,
    engine: Engine,
    statistics: Statistics | null,
  ) {
    this.#config = config;
    this.#hooks = hooks;
    this.#engine = engine;
    this.#statistics = statistics;
    this.#history = createHistory(config.metrics, hooks.curve?.bind(hooks) ?? null);
    const { objective } = config;
    const { init = null, validation = null } = hooks;
    this.#roundsBefore = init === null ? 0 : treeCount(init) / init.treesPerRound;
    const base = Float64Array.from({ length: objective.outputs }, (_, k) =>
      init === null ? (config.start ?? objective.start(set.target, set.weight, k)) : init.base[k],
    );
    this.#empty = emptyEnsemble(set, config, base);
    if (init !== null) requireContinuable(init, this.#empty);
    const before = init === null ? null : createPredictor(init).raw(set.columns, set.rows);
    statistics?.attach(engine, before ?? base);
    const predicted =
      statistics?.predicted ??
      Array.from(base, (score, k) => {
        const scores = engine.floats(set.rows);
        if (before === null) scores.fill(score);
        else scores.set(before[k]);
        return scores;
      });
    this.#scores = { target: set.target, weight: set.weight, predicted };
    this.#pending = config.averaged || config.treesPerRound > 1 ? engine.floats(set.rows) : null;
    this.#target = this.#differsFrom(set);
    this.#scratch = new Float32Array(config.sampling.kind === 'all' ? 0 : set.rows);
    this.#watched = validation === null ? null : createScorer(this.#empty, validation, init);
  }

  /** Statistics of categories keep scores of their own, outside the engine's memory. */
  #differsFrom({ target, weight, rows }: TrainingSet): Float64Array | null {
    if (this.#config.objective.gradients !== differences || weight !== null || this.#statistics !== null)
      return null;
    const own = this.#engine.floats(rows);
    own.set(target);
    return own;
  }

  async run(): Promise<Omit<Trained, 'device'>> {
    const { rounds, patience, averaged, treesPerRound, minImprovement } = this.#config;
    const { callbacks = [], init = null } = this.#hooks;
    // trees over target statistics can only be walked once their tables are complete
    const early = this.#statistics === null ? this.#watched : null;
    let done = 0;
    let paused = performance.now();
    while (done < rounds) {
      this.#growRound(done);
      done++;
      const validation =
        early === null
          ? {}
          : this.#history.record(
              'validation',
              done,
              early.scores(averaged ? 1 / (done * treesPerRound) : 1),
              done % curveStep === 0,
            );
      if (done % curveStep === 0 || done === rounds) {
        this.#history.record('train', done, this.#trainScores(done), true);
        this.#hooks.progress?.(done / rounds, `round ${done} of ${rounds}`);
      }
      if (performance.now() - paused >= pauseEvery) {
        await pause();
        paused = performance.now();
      }
      if (patience !== null && early !== null && done - this.#history.best(minImprovement) >= patience) break;
      if (callbacks.some((callback) => callback({ round: done, rounds, validation }) === 'stop')) break;
    }
    const whole = assemble(this.#empty, this.#trees, this.#config, this.#statistics?.tables() ?? null);
    if (this.#statistics !== null && this.#watched !== null)
      for (const { round, scores } of this.#watched.staged(whole, this.#empty.treesPerRound))
        this.#history.record('validation', round, scores, round % curveStep === 0);
    const watched = patience !== null && this.#watched !== null;
    const bestRound = watched ? this.#history.best(minImprovement) : done;
    const kept = this.#trees.slice(0, bestRound * this.#empty.treesPerRound);
    const isWhole = kept.length === this.#trees.length && init === null;
    return {
      ensemble: isWhole ? whole : assemble(this.#empty, kept, this.#config, whole, init),
      history: this.#history.curves,
      bestRound,
    };
  }

  #growRound(round: number): void {
    const { objective, treesPerRound, averaged } = this.#config;
    const predicted = this.#statistics?.begin(round) ?? this.#scores.predicted;
    const scores = { ...this.#scores, predicted };
    const pending = this.#pending;
    objective.prepare?.(scores);
    if (this.#config.sharedTrees) {
      const { trees } = this.#growShared(scores, this.#roundsBefore + round);
      this.#trees.push(trees);
      if (this.#statistics === null) this.#watched?.add(trees, 0);
      return;
    }
    for (let k = 0; k < objective.outputs; k++) {
      if (pending !== null && !averaged) pending.fill(0);
      for (let p = 0; p < treesPerRound; p++) {
        const { trees } = this.#growTree(scores, this.#roundsBefore + round, k, p);
        this.#trees.push(trees);
        if (this.#statistics === null) this.#watched?.add(trees, k);
      }
      if (pending !== null && !averaged)
        for (let i = 0; i < pending.length; i++) predicted[k][i] += pending[i];
    }
  }

  #growTree(scores: Scores, round: number, k: number, parallel: number): GrownTree {
    const { objective, firstOrder, treesPerRound } = this.#config;
    const engine = this.#engine;
    const { gradient, hessian } = engine;
    const second = firstOrder || objective.constantHessian;
    if (this.#target !== null && second) engine.subtract(scores.predicted[k], this.#target);
    else objective.gradients(scores, k, gradient, second ? null : hessian, 0, engine.rows);
    const draw = this.#draw(second, round, k, parallel);
    const weighed = scores.weight !== null || draw.factor !== null;
    if (second && weighed) fillWeights(hessian, scores.weight);
    scale(gradient, hessian, draw);
    const grown = engine.grow({
      rows: draw.rows,
      constantHessian: second && !weighed,
      tree: (round * objective.outputs + k) * treesPerRound + parallel,
      ...this.#statistics?.request,
    });
    return this.#settle(grown, scores, k, draw);
  }

  /** One tree with a value for every output in its leaves; all outputs share its rows and its questions. */
  #growShared(scores: Scores, round: number): GrownTree {
    const { objective } = this.#config;
    const engine = this.#engine;
    const { gradient, hessian } = engine;
    if (this.#config.sampling.kind === 'mvs') this.#gradientSizes(scores);
    const draw = this.#draw(true, round, 0, 0);
    const weighed = scores.weight !== null || draw.factor !== null;
    const grown = engine.grow({
      rows: draw.rows,
      constantHessian: !weighed,
      tree: round,
      fill: (k) => {
        objective.gradients(scores, k, gradient, null, 0, engine.rows);
        if (weighed) fillWeights(hessian, scores.weight);
        scale(gradient, hessian, draw);
      },
      ...this.#statistics?.request,
    });
    return this.#settleShared(grown, scores, draw);
  }

  /** Length of each row's gradient over all outputs, for draws that go by it. */
  #gradientSizes(scores: Scores): void {
    const { objective } = this.#config;
    const { gradient, rows } = this.#engine;
    const squares = new Float64Array(rows);
    for (let k = 0; k < objective.outputs; k++) {
      objective.gradients(scores, k, gradient, null, 0, rows);
      for (let i = 0; i < rows; i++) squares[i] += gradient[i] * gradient[i];
    }
    squares.forEach((square, i) => (gradient[i] = Math.sqrt(square)));
  }

  #settleShared(grown: GrownTree, scores: Scores, { rows, factor }: Draw): GrownTree {
    const { objective, leaves: how, grower } = this.#config;
    const engine = this.#engine;
    const { learningRate } = grower;
    const estimate = (leafOf: Int32Array, leaves: number, at: Scores): Float64Array => {
      const request = { scores: at, k: 0, leafOf, leaves, drawn: rows, factor, learningRate };
      return sharedLeaves(request, objective, how);
    };
    if (this.#statistics !== null) return this.#statistics.finish(grown, 0, estimate);
    const tree = this.#isGrown(rows === null && factor === null)
      ? grown
      : engine.setLeaves(grown, estimate(engine.leafOf, grown.leaves, scores));
    const { value } = tree.trees;
    const width = objective.outputs;
    for (let k = 0; k < width; k++) {
      const own = Float64Array.from({ length: tree.leaves }, (_, leaf) => value[leaf * width + k]);
      engine.addTo(scores.predicted[k], { ...tree, trees: { ...tree.trees, value: own } });
    }
    return tree;
  }

  #draw(constant: boolean, round: number, k: number, parallel: number): Draw {
    const { sampling, seed, objective } = this.#config;
    return drawRows({
      sampling,
      rows: this.#engine.rows,
      weight: this.#scores.weight,
      gradient: this.#engine.gradient,
      hessian: constant ? null : this.#engine.hessian,
      seed,
      round,
      // all outputs of a round share their rows, where rows are not drawn by gradient
      tree: parallel * objective.outputs + (sampling.kind === 'share' ? 0 : k),
      scratch: this.#scratch,
    });
  }

  /** Gives the leaves their final values and moves the scores on. */
  #settle(grown: GrownTree, scores: Scores, k: number, { rows, factor }: Draw): GrownTree {
    const { objective, leaves: how, grower, treesPerRound } = this.#config;
    const engine = this.#engine;
    const learningRate = grower.learningRate / treesPerRound;
    const rule = objective.leaf;
    const { monotone } = grower;
    const directions =
      monotone === null || grown.trees.shape === 'nodes'
        ? []
        : Array.from(grown.trees.feature, (f) => monotone[f] ?? 0);
    const estimate = (leafOf: Int32Array, leaves: number, at: Scores): Float64Array => {
      const request = { scores: at, k, leafOf, leaves, drawn: rows, factor, learningRate, directions };
      if (rule !== null) return ruledLeaves(request, rule);
      return how.kind === 'grown' ? new Float64Array(leaves) : steppedLeaves(request, objective, how);
    };
    if (this.#statistics !== null) return this.#statistics.finish(grown, k, estimate);
    const tree = this.#isGrown(rows === null && factor === null)
      ? grown
      : engine.setLeaves(grown, estimate(engine.leafOf, grown.leaves, scores));
    engine.addTo(this.#pending ?? scores.predicted[k], tree);
    return tree;
  }

  /** Whether leaves have their values as they are grown: one step over all rows is the one that grew them. */
  #isGrown(allRows: boolean): boolean {
    const { leaves: how, objective, firstOrder, grower } = this.#config;
    if (objective.leaf !== null) return false;
    if (how.kind === 'grown') return true;
    const sameHessian = objective.constantHessian || (firstOrder && how.method === 'gradient');
    const isFree = grower.monotone === null;
    return allRows && isFree && how.iterations === 1 && how.lambda === grower.lambda && sameHessian;
  }

  #trainScores(round: number): Scores {
    const { averaged, treesPerRound } = this.#config;
    const sum = this.#pending;
    if (!averaged || sum === null) return this.#scores;
    const share = 1 / (round * treesPerRound);
    return {
      ...this.#scores,
      predicted: [this.#scores.predicted[0].map((score, i) => score + share * sum[i])],
    };
  }
}
