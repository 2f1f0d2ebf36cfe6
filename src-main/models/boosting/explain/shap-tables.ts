/**
 * @file TreeSHAP of many rows at once. A leaf's contributions depend on a row only through which of the path's players it
 * agrees with, so leaves that lie together are summed into one table per player, looked up by the answers that matter to
 * them:
 *
 *        path: 5 players          index of a row =  [ path: 5 bits | questions below: 3 bits ]
 *             o
 *          /     \                table of a player = its contribution to the 4 leaves, 2^8 entries
 *        o         o
 *      leaf leaf  leaf leaf
 *
 * Work per row and tree falls from (leaves x depth^2) to about (leaves / 4 x depth) additions; tables are made once per
 * tree. Symmetric trees, whose questions are shared by a level, become one table.
 * @see Yang, "Fast TreeSHAP" (2021), v2: tables per leaf; shap-plain.ts: the formula
 */
import { fillLeafTable, maxTablePlayers } from './leaf-table.ts';
import type { WeightedTree } from './weighted-trees.ts';

/** Scratch that the trees of one ensemble share. */
export interface TableScratch {
  readonly leaf: Float64Array;
  /** grows as needed */
  table: Float64Array;
  /** pattern of each row by depth of the walk */
  readonly pattern: Uint16Array[];
  readonly index: Uint16Array;
}

export function createScratch(rows: number): TableScratch {
  return {
    leaf: new Float64Array(maxTablePlayers << maxTablePlayers),
    table: new Float64Array(0x10000),
    pattern: [],
    index: new Uint16Array(rows),
  };
}

export interface TableTask {
  readonly tree: WeightedTree;
  readonly playerOf: Int32Array;
  readonly width: number;
  /** rows of the block */
  readonly rows: number;
  /** per question: 1 where a row goes right, shape (rows) */
  readonly answers: readonly Uint8Array[];
  /** bits of a group's index at most */
  readonly bits: number;
  readonly scratch: TableScratch;
  /** adds `table[index[row]]` of a player and output to the rows */
  readonly add: (player: number, component: number, table: Float64Array, index: Uint16Array) => void;
}

interface Step {
  readonly player: number;
  readonly share: number;
}

/** Trees whose leaves have at most {@link maxTablePlayers} players only. */
export function addByTables(task: TableTask): void {
  const { tree, playerOf, rows, answers, scratch } = task;
  const below = questionsBelow(tree);
  const path: Step[] = [];

  const patternAt = (depth: number): Uint16Array =>
    (scratch.pattern[depth] ??= new Uint16Array(scratch.index.length));
  patternAt(0).fill(0, 0, rows);

  const visit = (node: number, depth: number): void => {
    const questions = below(node, task.bits - path.length);
    if (questions !== null || tree.question[node] < 0) {
      addGroup(task, node, path, questions ?? [], patternAt(depth));
      return;
    }
    const q = tree.question[node];
    const player = playerOf[tree.questions[q].column];
    const known = path.findIndex((step) => step.player === player);
    const place = known < 0 ? path.length : known;
    const bit = 1 << place;
    const from = patternAt(depth);
    const to = patternAt(depth + 1);
    const right = answers[q];
    for (let side = 0; side < 2; side++) {
      const child = side === 0 ? tree.left[node] : tree.right[node];
      // answer 1 leads right: with `flip` its bit says whether the row goes to this child
      const flip = 1 - side;
      if (known < 0) for (let i = 0; i < rows; i++) to[i] = from[i] | ((right[i] ^ flip) << place);
      else for (let i = 0; i < rows; i++) to[i] = from[i] & (((right[i] ^ flip) << place) | ~bit);
      const before = path[known];
      if (known < 0) path.push({ player, share: tree.share[child] });
      else path[known] = { player, share: before.share * tree.share[child] };
      visit(child, depth + 1);
      if (known < 0) path.pop();
      else path[known] = before;
    }
  };
  visit(0, 0);
}

/** The different questions in a subtree, or null when they are more than `most`. */
function questionsBelow(tree: WeightedTree): (node: number, most: number) => number[] | null {
  const cut = 16;
  const lists: (number[] | null)[] = Array.from({ length: tree.question.length }, () => null);
  // children lie behind their parents in every library's numbering but XGBoost's pruned trees, hence the walk
  const fill = (node: number): number[] | null => {
    if (tree.question[node] < 0) return (lists[node] = []);
    const left = fill(tree.left[node]);
    const right = fill(tree.right[node]);
    if (left === null || right === null) return null;
    const all = new Set([tree.question[node], ...left, ...right]);
    if (all.size > cut) return null;
    return (lists[node] = [...all]);
  };
  fill(0);
  return (node, most) => {
    const list = lists[node];
    return list !== null && list.length <= most ? list : null;
  };
}

/** One player of a leaf: its bit of the path, and the answers below that it needs. */
interface LeafPlayer {
  readonly player: number;
  mask: number;
  wanted: number;
  share: number;
}

function addGroup(
  task: TableTask,
  root: number,
  path: readonly Step[],
  questions: readonly number[],
  pattern: Uint16Array,
): void {
  const { tree, playerOf, width, rows, answers, scratch } = task;
  const bits = path.length + questions.length;
  const size = 1 << bits;
  const players = [
    ...new Set([
      ...path.map((step) => step.player),
      ...questions.map((q) => playerOf[tree.questions[q].column]),
    ]),
  ];
  if (players.length === 0) return;
  const components = tree.output >= 0 ? 1 : width;
  const table = tableOf(scratch, players.length * components * size);
  table.fill(0, 0, players.length * components * size);

  const state: LeafPlayer[] = path.map(({ player, share }, i) => ({
    player,
    mask: 1 << i,
    wanted: 1 << i,
    share,
  }));
  const visit = (node: number): void => {
    const q = tree.question[node];
    if (q < 0) {
      addLeaf(task, node, state, players, size, components, table);
      return;
    }
    const bit = 1 << (path.length + questions.indexOf(q));
    const player = playerOf[tree.questions[q].column];
    const at = state.findIndex((entry) => entry.player === player);
    for (let side = 0; side < 2; side++) {
      const child = side === 0 ? tree.left[node] : tree.right[node];
      const before = state[at];
      const asked = before !== undefined && (before.mask & bit) !== 0;
      const wants = side === 1 ? bit : 0;
      // the same question twice on a path: the other branch is out of reach, but its share still counts
      const wanted = asked && (before.wanted & bit) !== wants ? -1 : (before?.wanted ?? 0) | wants;
      const next = {
        player,
        mask: (before?.mask ?? 0) | bit,
        wanted: before?.wanted === -1 ? -1 : wanted,
        share: (before?.share ?? 1) * tree.share[child],
      };
      if (at < 0) state.push(next);
      else state[at] = next;
      visit(child);
      if (at < 0) state.pop();
      else state[at] = before;
    }
  };
  visit(root);

  const { index } = scratch;
  for (let i = 0; i < rows; i++) index[i] = pattern[i];
  questions.forEach((q, j) => {
    const right = answers[q];
    const shift = path.length + j;
    for (let i = 0; i < rows; i++) index[i] |= right[i] << shift;
  });
  players.forEach((player, p) => {
    for (let c = 0; c < components; c++) {
      const at = (p * components + c) * size;
      task.add(player, c, table.subarray(at, at + size), index);
    }
  });
}

function addLeaf(
  { tree, width, scratch }: TableTask,
  node: number,
  state: readonly LeafPlayer[],
  players: readonly number[],
  size: number,
  components: number,
  table: Float64Array,
): void {
  const count = state.length;
  const { leaf } = scratch;
  fillLeafTable(
    Float64Array.from(state, (entry) => entry.share),
    count,
    leaf,
  );
  const local = patternsOf(state, size);
  for (let j = 0; j < count; j++) {
    const p = players.indexOf(state[j].player);
    const base = j << count;
    for (let c = 0; c < components; c++) {
      const value = tree.value[node * width + c];
      const at = (p * components + c) * size;
      for (let g = 0; g < size; g++) table[at + g] += value * leaf[base | local[g]];
    }
  }
}

const localPatterns = new Uint16Array(0x10000);

/** For every index of the group: which of the leaf's players agree. */
function patternsOf(state: readonly LeafPlayer[], size: number): Uint16Array {
  localPatterns.fill(0, 0, size);
  state.forEach(({ mask, wanted }, j) => {
    if (wanted < 0) return;
    const bit = 1 << j;
    for (let g = 0; g < size; g++) if ((g & mask) === wanted) localPatterns[g] |= bit;
  });
  return localPatterns;
}

function tableOf(scratch: TableScratch, length: number): Float64Array {
  if (scratch.table.length < length) scratch.table = new Float64Array(2 * length);
  return scratch.table;
}
