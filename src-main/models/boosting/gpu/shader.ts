/**
 * @file Histograms in WGSL. Graphics cards add 32-bit whole numbers atomically and no 64-bit ones, so each fixed-point number
 * is added up in pieces that cannot overflow, and the pieces are put together at the end. The sums are those of the processor
 * bit for bit: whole numbers do not mind the order.
 *
 *   g = high * 2^16 + low      in a group of at most 2^15 rows both sums fit 32 bits
 *   both sums are cut at 16 bits again when they go to the sums of all groups, of which there are at most 2^16
 */
import { wgslNumbers } from './wgsl-numbers.ts';

/** bins a group holds, 5 words each: as many as a byte tells apart */
export const windowBins = 256;
/** threads of a group */
export const groupSize = 256;
/** most rows of a group */
export const groupRows = 32_768;
/** words of a cell's sums: rows, then four for gradients and four for hessians */
export const sumWords = 9;
/** words of a task: first word of the bins, words per row, word and bit of the lane, bytes of a bin, bins from, to, first cell */
export const taskWords = 8;
/** words of a stretch of rows: number of its node in the batch, first and last (exclusive) in the list, 1 where rows are not listed */
export const stretchWords = 4;

export const shader = /* wgsl */ `
struct Params { wide: u32, shift: u32, cells: u32, pad: u32 }
struct Task { first: u32, stride: u32, word: u32, bit: u32, width: u32, low: u32, high: u32, cell: u32 }

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> tasks: array<Task>;
@group(0) @binding(2) var<storage, read> bins: array<u32>;
@group(0) @binding(3) var<storage, read> gradients: array<i32>;
@group(0) @binding(4) var<storage, read> rows: array<u32>;
@group(0) @binding(5) var<storage, read> stretches: array<vec4<u32>>;
@group(0) @binding(6) var<storage, read> slots: array<u32>;
@group(0) @binding(7) var<storage, read_write> sums: array<atomic<u32>>;
@group(0) @binding(8) var<storage, read_write> cells: array<vec2<u32>>;

const window = ${windowBins}u;
var<workgroup> part: array<atomic<u32>, ${5 * windowBins}>;

@compute @workgroup_size(${groupSize})
fn accumulate(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) me: u32) {
  let task = tasks[group.y];
  let stretch = stretches[group.x];
  let size = task.high - task.low;
  for (var i = me; i < 5u * window; i += ${groupSize}u) { atomicStore(&part[i], 0u); }
  workgroupBarrier();
  for (var i = stretch.y + me; i < stretch.z; i += ${groupSize}u) {
    var row = i;
    if (stretch.w == 0u) { row = rows[i]; }
    let word = bins[task.first + row * task.stride + task.word];
    let bin = (word >> task.bit) & ((1u << (8u * task.width)) - 1u);
    if (bin < task.low || bin >= task.high) { continue; }
    let at = bin - task.low;
    atomicAdd(&part[at], 1u);
    for (var k = 0u; k <= params.wide; k++) {
      let value = gradients[(1u + params.wide) * row + k];
      atomicAdd(&part[(1u + 2u * k) * window + at], bitcast<u32>(value) & 0xffffu);
      atomicAdd(&part[(2u + 2u * k) * window + at], bitcast<u32>(value >> 16u));
    }
  }
  workgroupBarrier();
  for (var at = me; at < size; at += ${groupSize}u) {
    let count = atomicLoad(&part[at]);
    if (count == 0u) { continue; }
    let sum = (stretch.x * params.cells + task.cell + task.low + at) * ${sumWords}u;
    atomicAdd(&sums[sum], count);
    for (var k = 0u; k <= params.wide; k++) {
      let low = atomicLoad(&part[(1u + 2u * k) * window + at]);
      let high = atomicLoad(&part[(2u + 2u * k) * window + at]);
      atomicAdd(&sums[sum + 4u * k + 1u], low & 0xffffu);
      atomicAdd(&sums[sum + 4u * k + 2u], low >> 16u);
      atomicAdd(&sums[sum + 4u * k + 3u], high & 0xffffu);
      atomicAdd(&sums[sum + 4u * k + 4u], bitcast<u32>(bitcast<i32>(high) >> 16u));
    }
  }
}

${wgslNumbers}

fn whole(sum: u32) -> vec2<u32> {
  let b = atomicLoad(&sums[sum + 1u]);
  let c = atomicLoad(&sums[sum + 2u]);
  let low = add64(vec2(atomicLoad(&sums[sum]), 0u), left64(vec2(b, 0u), 16u));
  return add64(add64(low, left64(vec2(c, 0u), 16u)), vec2(0u, atomicLoad(&sums[sum + 3u])));
}

@compute @workgroup_size(${groupSize})
fn combine(@builtin(global_invocation_id) id: vec3<u32>) {
  let cell = id.x;
  if (cell >= params.cells) { return; }
  let sum = (id.y * params.cells + cell) * ${sumWords}u;
  let to = slots[id.y] * params.cells + cell;
  let count = vec2(atomicLoad(&sums[sum]), 0u);
  let gradient = left64(whole(sum + 1u), params.shift);
  if (params.wide == 0u) {
    cells[to] = add64(gradient, count);
  } else {
    cells[2u * to] = gradient;
    cells[2u * to + 1u] = add64(left64(whole(sum + 5u), params.shift), count);
  }
}
`;
