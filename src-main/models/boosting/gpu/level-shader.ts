/**
 * @file Questions to a level of a symmetric tree in WGSL; goes after split-shader.ts, whose bindings it shares. What every
 * question adds up to over the nodes of the level comes back as Nums, and the engine chooses.
 */
import { nodeVectors, scanSize } from './split-shader.ts';

/** vectors of four words per cell: numerator and denominator */
export const levelVectors = 2;

export const levelShader = /* wgsl */ `
// a group per column; a thread keeps the sums of its questions in \`best\`
@compute @workgroup_size(${scanSize})
fn level(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) me: u32) {
  if (!mayAsk(group.x, 0u)) { return; }
  let info = columns[group.x];
  let bins = info.y + (info.z & 1u);
  let asksForOne = (info.z & 2u) != 0u;
  let questions = select(bins - 1u, info.y, asksForOne);
  for (var bin = me; bin < bins; bin += size) {
    best[2u * (info.x + bin)] = vec4(0u, 0u, 0u, 0u);
    best[2u * (info.x + bin) + 1u] = vec4(0u, 0u, 0u, 0u);
  }
  for (var k = 0u; k < rules[2].x; k++) {
    let slot = nodes[k * ${nodeVectors}u].x;
    let total = nodes[k * ${nodeVectors}u + 1u];
    if (rowsOf(total) == 0u) { continue; }
    var before = vec4(0u, 0u, 0u, 0u);
    for (var start = 0u; start < bins; start += size * own) {
      let first = start + me * own;
      let sums = running(sumOf(slot, info.x, first, bins), me);
      var upTo = both(before, sums.before);
      before = both(before, sums.all);
      for (var bin = first; bin < min(first + own, questions); bin++) {
        let cell = cellAt(slot, info.x + bin);
        upTo = both(upTo, cell);
        score(2u * (info.x + bin), total, select(upTo, cell, asksForOne));
      }
    }
    if (me == 0u && any(before != total)) { atomicStore(&found[1], 1u); }
  }
}

fn score(at: u32, total: vec4<u32>, first: vec4<u32>) {
  var side = first;
  var numerator = unpack(best[at]);
  var denominator = unpack(best[at + 1u]);
  for (var i = 0u; i < 2u; i++) {
    let h = hessianOf(side);
    let g = gradientOf(side);
    if (!isZero(h)) {
      let w = over(g, plus(h, unpack(rules[3])));
      numerator = plus(numerator, mul(g, w));
      denominator = plus(denominator, mul(mul(w, w), h));
    }
    side = less(total, side);
  }
  best[at] = pack(numerator);
  best[at + 1u] = pack(denominator);
}

// the sums of each node on the side of bins up to one, or in it alone
@compute @workgroup_size(${scanSize})
fn pick(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= rules[2].x) { return; }
  let question = pairs[id.y];
  let info = columns[question.x];
  let slot = nodes[id.x * ${nodeVectors}u].x;
  var sum = vec4(0u, 0u, 0u, 0u);
  var bin = select(0u, question.y, (info.z & 2u) != 0u);
  for (; bin <= question.y; bin++) { sum = both(sum, cellAt(slot, info.x + bin)); }
  best[id.y * rules[2].x + id.x] = sum;
}
`;
