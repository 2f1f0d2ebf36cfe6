/**
 * @file The search for splits in WGSL, over histograms that stay on the device. It hands back every border that is the best of
 * its node or too near to it to tell (split-scores.ts), with the exact sums on its left. The engine weighs these few again in
 * doubles, in the processor's order, and so chooses the same border.
 */
import { plainScores, ruledScores } from './split-scores.ts';
import { wgslNumbers } from './wgsl-numbers.ts';

/** threads of a group */
export const scanSize = 64;
/** neighbouring bins that a thread looks at */
export const threadBins = 4;
/** most borders of a node that come back; of more the processor chooses */
export const mostFound = 16;
/** words of a border that comes back: column, bin, 1 where missing values go left, nothing, then both sums on its left */
export const foundWords = 8;
/** words of a node's answer: how many borders, 1 where sums do not add up to the node's; then the borders */
export const answerWords = 8 + mostFound * foundWords;
/** vectors of four words per node: slot; sums; bounds below and above, value, score to beat as Nums */
export const nodeVectors = 6;
/** vectors of the rules: columns, cells, words of a mask, flags; shift, both exponents, least rows; nodes; then six Nums */
export const ruleVectors = 9;
export const flag = { wide: 1, leafwise: 2, collects: 4 } as const;

/** @param isPlain no alpha, no bounds and no constraints */
export const splitShader = (isPlain: boolean): string => /* wgsl */ `
@group(0) @binding(0) var<uniform> rules: array<vec4<u32>, ${ruleVectors}>;
// per column: first cell, bins of values, 1 where missing values have a bin and 2 where questions ask for one bin, direction
@group(0) @binding(1) var<storage, read> columns: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> nodes: array<vec4<u32>>;
// per node one bit per column that may be split on
@group(0) @binding(3) var<storage, read> masks: array<u32>;
@group(0) @binding(4) var<storage, read> pairs: array<vec2<u32>>;
@group(0) @binding(5) var<storage, read_write> cells: array<vec2<u32>>;
// per node the best score of each column, then the score that comes back
@group(0) @binding(6) var<storage, read_write> best: array<vec4<u32>>;
@group(0) @binding(7) var<storage, read_write> found: array<atomic<u32>>;

${wgslNumbers}
${isPlain ? plainScores : ruledScores}

const size = ${scanSize}u;
const own = ${threadBins}u;
var<workgroup> part: array<vec4<u32>, ${2 * scanSize}>;
var<workgroup> goesOn: u32;

fn isWide() -> bool { return (rules[0].w & ${flag.wide}u) != 0u; }
fn isLeafwise() -> bool { return (rules[0].w & ${flag.leafwise}u) != 0u; }

fn cellAt(slot: u32, cell: u32) -> vec4<u32> {
  let at = slot * rules[0].y + cell;
  if (isWide()) { return vec4(cells[2u * at], cells[2u * at + 1u]); }
  return vec4(cells[at], 0u, 0u);
}
fn hasRows(c: vec4<u32>) -> bool {
  if (isWide()) { return (c.z | c.w) != 0u; }
  return (c.x | c.y) != 0u;
}
fn both(a: vec4<u32>, b: vec4<u32>) -> vec4<u32> { return vec4(add64(a.xy, b.xy), add64(a.zw, b.zw)); }
fn less(a: vec4<u32>, b: vec4<u32>) -> vec4<u32> { return vec4(sub64(a.xy, b.xy), sub64(a.zw, b.zw)); }
fn rowsOf(c: vec4<u32>) -> u32 {
  let low = select(c.x, c.z, isWide());
  if (rules[1].x >= 32u) { return low; }
  return low & ((1u << rules[1].x) - 1u);
}
fn gradientOf(c: vec4<u32>) -> Num { return ofSigned(signedRight(c.xy, rules[1].x), bitcast<i32>(rules[1].y)); }
fn hessianOf(c: vec4<u32>) -> Num {
  if (isWide()) { return ofSigned(signedRight(c.zw, rules[1].x), bitcast<i32>(rules[1].z)); }
  return ofWhole(rowsOf(c));
}
// the cells of a thread's bins from the first one on; none where there are none
fn sumOf(slot: u32, cell: u32, first: u32, bins: u32) -> vec4<u32> {
  var sum = vec4(0u, 0u, 0u, 0u);
  for (var bin = first; bin < min(first + own, bins); bin++) { sum = both(sum, cellAt(slot, cell + bin)); }
  return sum;
}

struct Running { before: vec4<u32>, all: vec4<u32> }

// sums of the threads before this one, and of all of them
fn running(mine: vec4<u32>, me: u32) -> Running {
  var at = 0u;
  workgroupBarrier();
  part[me] = mine;
  workgroupBarrier();
  for (var step = 1u; step < size; step *= 2u) {
    var sum = part[at + me];
    if (me >= step) { sum = both(sum, part[at + me - step]); }
    at = size - at;
    part[at + me] = sum;
    workgroupBarrier();
  }
  return Running(less(part[at + me], mine), part[at + size - 1u]);
}

// all borders of a column: a thread has the best score of its own; where they are collected, those not below the limit come back
fn sweep(column: u32, number: u32, me: u32, limit: Score, collects: bool) -> Score {
  let info = columns[column];
  let node = number * ${nodeVectors}u;
  let slot = nodes[node].x;
  let total = nodes[node + 1u];
  let values = info.y;
  var missing = vec4(0u, 0u, 0u, 0u);
  if ((info.z & 1u) != 0u) { missing = cellAt(slot, info.x + values); }
  let some = hasRows(missing);
  // upwards, missing values go right; downwards, they go left
  let upEnd = select(select(values - 1u, 0u, isLeafwise()), values, some);
  let downFrom = select(select(values, 0u, some), 1u, isLeafwise());
  var before = vec4(0u, 0u, 0u, 0u);
  var top = lowest();
  for (var start = 0u; start < values; start += size * own) {
    let first = start + me * own;
    let sums = running(sumOf(slot, info.x, first, values), me);
    let earlier = both(before, sums.before);
    before = both(before, sums.all);
    var upTo = earlier;
    var marks = 0u;
    for (var bin = first; bin < min(first + own, values); bin++) {
      let cell = cellAt(slot, info.x + bin);
      if (!hasRows(cell)) { continue; }
      upTo = both(upTo, cell);
      for (var down = 0u; down < 2u; down++) {
        if (down == 0u && bin >= upEnd) { continue; }
        if (down == 1u && bin < downFrom) { continue; }
        var left = upTo;
        if (down == 1u) { left = both(less(upTo, cell), missing); }
        let score = weigh(left, less(total, left), node, bitcast<i32>(info.w));
        top = better(top, score);
        if (collects && !beats(limit, score)) { marks |= 1u << (2u * (bin - first) + down); }
      }
    }
    for (; marks != 0u; marks &= marks - 1u) {
      let mark = firstTrailingBit(marks);
      let bin = first + mark / 2u;
      let down = mark % 2u;
      // downwards, the bin itself is right of the border
      var left = both(earlier, sumOf(slot, info.x, first, bin + 1u - down));
      if (down == 1u) { left = both(left, missing); }
      hand(number, column, bin - down, down, left);
    }
  }
  if (me == 0u && any(both(before, missing) != total)) { atomicStore(&found[number * ${answerWords}u + 1u], 1u); }
  return top;
}

fn hand(number: u32, column: u32, bin: u32, down: u32, left: vec4<u32>) {
  let place = atomicAdd(&found[number * ${answerWords}u], 1u);
  if (place >= ${mostFound}u) { return; }
  let at = number * ${answerWords}u + 8u + place * ${foundWords}u;
  atomicStore(&found[at], column);
  atomicStore(&found[at + 1u], bin);
  atomicStore(&found[at + 2u], down);
  atomicStore(&found[at + 4u], left.x);
  atomicStore(&found[at + 5u], left.y);
  atomicStore(&found[at + 6u], left.z);
  atomicStore(&found[at + 7u], left.w);
}

// what thread 0 gets is the greatest of all
fn greatest(mine: Score, me: u32) -> Score {
  workgroupBarrier();
  part[me] = packScore(mine);
  workgroupBarrier();
  for (var half = size / 2u; half > 0u; half /= 2u) {
    if (me < half) { part[me] = packScore(better(scoreOf(part[me]), scoreOf(part[me + half]))); }
    workgroupBarrier();
  }
  return scoreOf(part[0]);
}

fn mayAsk(column: u32, number: u32) -> bool {
  return ((masks[number * rules[0].z + column / 32u] >> (column % 32u)) & 1u) == 1u;
}

// twice: for the best scores, and, once the limits are there, for the borders
@compute @workgroup_size(${scanSize})
fn scan(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) me: u32) {
  let at = group.y * (rules[0].x + 1u) + group.x;
  let collects = (rules[0].w & ${flag.collects}u) != 0u;
  if (!mayAsk(group.x, group.y)) {
    if (me == 0u && !collects) { best[at] = packScore(lowest()); }
    return;
  }
  var limit = lowest();
  if (collects) { limit = scoreOf(best[at - group.x + rules[0].x]); }
  if (me == 0u) { goesOn = select(1u, 0u, collects && beats(limit, scoreOf(best[at]))); }
  if (workgroupUniformLoad(&goesOn) == 0u) { return; }
  let top = greatest(sweep(group.x, group.y, me, limit, collects), me);
  if (me == 0u && !collects) { best[at] = packScore(top); }
}

// the score from which borders of a node come back
@compute @workgroup_size(${scanSize})
fn settle(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) me: u32) {
  let first = group.x * (rules[0].x + 1u);
  var mine = lowest();
  for (var column = me; column < rules[0].x; column += size) { mine = better(mine, scoreOf(best[first + column])); }
  let top = greatest(mine, me);
  if (me == 0u) { best[first + rules[0].x] = packScore(limitOf(top, group.x * ${nodeVectors}u)); }
}

// larger -= smaller
@compute @workgroup_size(${scanSize})
fn subtract(@builtin(global_invocation_id) id: vec3<u32>) {
  let words = rules[0].y * select(1u, 2u, isWide());
  if (id.x >= words) { return; }
  let pair = pairs[id.y];
  let to = pair.x * words + id.x;
  cells[to] = sub64(cells[to], cells[pair.y * words + id.x]);
}
`;
