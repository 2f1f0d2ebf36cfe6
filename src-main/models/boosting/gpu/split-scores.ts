/**
 * @file How borders are compared in WGSL, in two ways that split-shader.ts takes one of. Each has `Score`, `weigh`, and `limitOf`:
 * what is not below a node's limit may be its best border once doubles decide.
 */

/**
 * Without alpha, bounds and constraints. With a = left H + lambda and b = right H + lambda, what a border scores is
 *   left G^2 / a + right G^2 / b  =  (D + G^2) / (a + b)     D = (left G b - right G a)^2 / (a b)
 * where G and a + b are the node's, so borders are compared by D. The difference is taken with 64 bits, and once it is taken 24
 * bits will do for what a gain is worth, however small a part of the score it is.
 */
export const plainScores = /* wgsl */ `
// m 2^e, 1 <= m < 2
struct Score { m: f32, e: i32 }

fn lowest() -> Score { return Score(1.0, -0x40000000); }
// D = 0: the split is worth nothing but what doubles round
fn nothing() -> Score { return Score(1.0, -0x3fffffff); }
fn packScore(a: Score) -> vec4<u32> { return vec4(bitcast<u32>(a.m), bitcast<u32>(a.e), 0u, 0u); }
fn scoreOf(v: vec4<u32>) -> Score { return Score(bitcast<f32>(v.x), bitcast<i32>(v.y)); }
fn beats(a: Score, b: Score) -> bool { return a.e > b.e || (a.e == b.e && a.m > b.m); }
fn better(a: Score, b: Score) -> Score {
  if (beats(b, a)) { return b; }
  return a;
}
fn tidy(m: f32, e: i32) -> Score {
  if (m < 0.5) { return Score(4.0 * m, e - 2); }
  if (m < 1.0) { return Score(2.0 * m, e - 1); }
  if (m >= 2.0) { return Score(0.5 * m, e + 1); }
  return Score(m, e);
}
// of a Num's 64 bits the first 24, as 1 <= m < 2
fn share(a: Num) -> f32 { return f32(a.m.y >> 8u) * 0x1p-23; }

fn weigh(left: vec4<u32>, right: vec4<u32>, node: u32, direction: i32) -> Score {
  if (min(rowsOf(left), rowsOf(right)) < rules[1].w) { return lowest(); }
  let leftH = hessianOf(left);
  let rightH = hessianOf(right);
  if (above(unpack(rules[6]), least(leftH, rightH))) { return lowest(); }
  let a = plus(leftH, unpack(rules[3]));
  let b = plus(rightH, unpack(rules[3]));
  let x = plus(mul(gradientOf(left), b), minus(mul(gradientOf(right), a)));
  if (isZero(x)) { return nothing(); }
  let m = share(x);
  return tidy(m * m / (share(a) * share(b)), 2 * x.e - a.e - b.e);
}

// off by 2^-14 of D for the 24 bits, and by 2^-46 of G^2 for the doubles that it is weighed in again
fn limitOf(top: Score, node: u32) -> Score {
  let g = gradientOf(nodes[node + 1u]);
  if (top.e == lowest().e || (top.e == nothing().e && isZero(g))) { return Score(1.0, 0x40000000); }
  if (top.e == nothing().e) { return nothing(); }
  var off = 0x1p-14;
  if (!isZero(g)) {
    // a Num's m is 2^63 times what a score has
    let apart = 2 * (g.e + 63) - 46 - top.e;
    if (apart > -1) { return nothing(); }
    if (apart > -40) { off += share(g) * share(g) * exp2(f32(apart)); }
  }
  if (off > 0.5) { return nothing(); }
  return tidy(top.m * (1.0 - off), top.e);
}
`;

/** Any rules: the score of values as they would be, in Nums; what is off by less than 2^-40 comes back. */
export const ruledScores = /* wgsl */ `
alias Score = Num;

fn lowest() -> Num { return Num(vec2(0u, 0x80000000u), 0x10000000, 1u); }
fn packScore(a: Num) -> vec4<u32> { return pack(a); }
fn scoreOf(v: vec4<u32>) -> Num { return unpack(v); }
fn beats(a: Num, b: Num) -> bool { return above(a, b); }
fn better(a: Num, b: Num) -> Num { return most(a, b); }
fn nearly(a: Num) -> Num { return Num(a.m, a.e - 40, 0u); }

fn outputOf(g: Num, h: Num, rows: u32, node: u32) -> Num {
  let alpha = unpack(rules[4]);
  var t = noNum();
  if (above(g, alpha)) { t = plus(g, minus(alpha)); } else if (above(minus(alpha), g)) { t = plus(g, alpha); }
  var w = minus(over(t, plus(h, unpack(rules[3]))));
  let farthest = unpack(rules[7]);
  if (!isZero(farthest)) { w = most(minus(farthest), least(farthest, w)); }
  let smoothing = unpack(rules[8]);
  if (!isZero(smoothing)) {
    let share = over(ofWhole(rows), smoothing);
    w = over(plus(mul(w, share), unpack(nodes[node + 4u])), plus(share, ofWhole(1u)));
  }
  return most(unpack(nodes[node + 2u]), least(unpack(nodes[node + 3u]), w));
}

fn weigh(left: vec4<u32>, right: vec4<u32>, node: u32, direction: i32) -> Num {
  var score = noNum();
  var outputs = array<Num, 2>(noNum(), noNum());
  for (var side = 0u; side < 2u; side++) {
    var c = left;
    if (side == 1u) { c = right; }
    let rows = rowsOf(c);
    let h = hessianOf(c);
    if (rows < rules[1].w || above(unpack(rules[6]), h)) { return lowest(); }
    let g = gradientOf(c);
    let w = outputOf(g, h, rows, node);
    outputs[side] = w;
    let price = mul(unpack(rules[5]), Num(w.m, w.e, 0u));
    let pull = mul(plus(Num(g.m, g.e + 1, g.s), mul(plus(h, unpack(rules[3])), w)), w);
    score = plus(score, minus(plus(pull, price)));
  }
  if (direction != 0) {
    var gap = plus(outputs[0], minus(outputs[1]));
    if (direction < 0) { gap = minus(gap); }
    let scale = most(Num(outputs[0].m, outputs[0].e, 0u), Num(outputs[1].m, outputs[1].e, 0u));
    if (!isZero(gap) && above(gap, nearly(scale))) { return lowest(); }
  }
  return score;
}

fn limitOf(top: Num, node: u32) -> Num {
  let needed = unpack(nodes[node + 5u]);
  if (!above(top, plus(needed, minus(nearly(needed))))) { return minus(lowest()); }
  return plus(top, minus(nearly(top)));
}
`;
