/**
 * @file Histograms in WGSL. Graphics cards add 32-bit whole numbers atomically and no 64-bit ones, so each fixed-point number
 * is added up in pieces that cannot overflow, and the pieces are put together at the end. The sums are those of the processor
 * bit for bit: whole numbers do not mind the order.
 *
 *   g = high * 2^16 + low      in a group of at most 2^15 rows both sums fit 32 bits
 *   both sums are cut at 16 bits again when they go to the sums of all groups, of which there are at most 2^16
 */

/** bins a group holds: 5 words each within the 16 KiB that every device has */
export const windowBins = 768;
/** threads of a group */
export const groupSize = 256;
/** most rows of a group */
export const groupRows = 32_768;
/** words of a cell's sums: rows, then four for gradients and four for hessians */
export const sumWords = 9;
/** words of a task: first word of the bins, words per row, word and bit of the lane, bytes of a bin, bins from, to, first cell */
export const taskWords = 8;

export const shader = /* wgsl */ `
struct Params { count: u32, direct: u32, wide: u32, shift: u32, cells: u32, groupRows: u32, pad0: u32, pad1: u32 }
struct Task { first: u32, stride: u32, word: u32, bit: u32, width: u32, low: u32, high: u32, cell: u32 }

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> tasks: array<Task>;
@group(0) @binding(2) var<storage, read> bins: array<u32>;
@group(0) @binding(3) var<storage, read> gradients: array<i32>;
@group(0) @binding(4) var<storage, read> rows: array<u32>;
@group(0) @binding(5) var<storage, read_write> sums: array<atomic<u32>>;
@group(0) @binding(6) var<storage, read_write> cells: array<vec2<u32>>;

const window = ${windowBins}u;
var<workgroup> part: array<atomic<u32>, ${5 * windowBins}>;

@compute @workgroup_size(${groupSize})
fn accumulate(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) me: u32) {
  let task = tasks[group.y];
  let size = task.high - task.low;
  for (var i = me; i < 5u * window; i += ${groupSize}u) { atomicStore(&part[i], 0u); }
  workgroupBarrier();
  let end = min(params.count, (group.x + 1u) * params.groupRows);
  for (var i = group.x * params.groupRows + me; i < end; i += ${groupSize}u) {
    var row = i;
    if (params.direct == 0u) { row = rows[i]; }
    let word = bins[task.first + row * task.stride + task.word];
    let bin = (word >> task.bit) & ((1u << (8u * task.width)) - 1u);
    if (bin < task.low || bin >= task.high) { continue; }
    let at = bin - task.low;
    atomicAdd(&part[at], 1u);
    if (params.wide == 0u) {
      let g = gradients[row];
      atomicAdd(&part[window + at], bitcast<u32>(g) & 0xffffu);
      atomicAdd(&part[2u * window + at], bitcast<u32>(g >> 16u));
    } else {
      let g = gradients[2u * row];
      atomicAdd(&part[window + at], bitcast<u32>(g) & 0xffffu);
      atomicAdd(&part[2u * window + at], bitcast<u32>(g >> 16u));
      let h = gradients[2u * row + 1u];
      atomicAdd(&part[3u * window + at], bitcast<u32>(h) & 0xffffu);
      atomicAdd(&part[4u * window + at], bitcast<u32>(h >> 16u));
    }
  }
  workgroupBarrier();
  for (var at = me; at < size; at += ${groupSize}u) {
    let count = atomicLoad(&part[at]);
    if (count == 0u) { continue; }
    let sum = (task.cell + task.low + at) * ${sumWords}u;
    atomicAdd(&sums[sum], count);
    give(sum + 1u, atomicLoad(&part[window + at]), atomicLoad(&part[2u * window + at]));
    if (params.wide != 0u) { give(sum + 5u, atomicLoad(&part[3u * window + at]), atomicLoad(&part[4u * window + at])); }
  }
}

fn give(sum: u32, low: u32, high: u32) {
  atomicAdd(&sums[sum], low & 0xffffu);
  atomicAdd(&sums[sum + 1u], low >> 16u);
  atomicAdd(&sums[sum + 2u], high & 0xffffu);
  atomicAdd(&sums[sum + 3u], bitcast<u32>(bitcast<i32>(high) >> 16u));
}

// 64-bit numbers: x is the lower word
fn add64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
  let low = a.x + b.x;
  return vec2(low, a.y + b.y + select(0u, 1u, low < a.x));
}
fn shifted(a: vec2<u32>, by: u32) -> vec2<u32> {
  if (by == 0u) { return a; }
  return vec2(a.x << by, (a.y << by) | (a.x >> (32u - by)));
}
fn whole(sum: u32) -> vec2<u32> {
  let b = atomicLoad(&sums[sum + 1u]);
  let c = atomicLoad(&sums[sum + 2u]);
  let low = add64(vec2(atomicLoad(&sums[sum]), 0u), shifted(vec2(b, 0u), 16u));
  return add64(add64(low, shifted(vec2(c, 0u), 16u)), vec2(0u, atomicLoad(&sums[sum + 3u])));
}

@compute @workgroup_size(${groupSize})
fn combine(@builtin(global_invocation_id) id: vec3<u32>) {
  let cell = id.x;
  if (cell >= params.cells) { return; }
  let sum = cell * ${sumWords}u;
  let count = vec2(atomicLoad(&sums[sum]), 0u);
  let gradient = shifted(whole(sum + 1u), params.shift);
  if (params.wide == 0u) {
    cells[cell] = add64(gradient, count);
  } else {
    cells[2u * cell] = gradient;
    cells[2u * cell + 1u] = add64(shifted(whole(sum + 5u), params.shift), count);
  }
}
`;
