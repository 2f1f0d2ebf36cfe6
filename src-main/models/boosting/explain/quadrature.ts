/** @file Gauss-Legendre quadrature on [0, 1]: `points` nodes integrate polynomials up to degree 2 x points - 1 exactly. */

export interface Quadrature {
  /** ascending, inside (0, 1) */
  readonly node: Float64Array;
  /** positive, sum 1 */
  readonly weight: Float64Array;
}

const made = new Map<number, Quadrature>();

/** @see Press et al., "Numerical Recipes", section 4.6 (Newton's method on the Legendre polynomial) */
export function gaussLegendre(points: number): Quadrature {
  const known = made.get(points);
  if (known !== undefined) return known;
  const node = new Float64Array(points);
  const weight = new Float64Array(points);
  for (let i = 0; i < points; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (points + 0.5));
    let slope = 1;
    for (let step = 0; step < 100; step++) {
      let value = 1;
      let before = 0;
      for (let j = 1; j <= points; j++) {
        const earlier = before;
        before = value;
        value = ((2 * j - 1) * x * before - (j - 1) * earlier) / j;
      }
      slope = (points * (x * value - before)) / (x * x - 1);
      const move = value / slope;
      x -= move;
      if (Math.abs(move) < 1e-16) break;
    }
    node[points - 1 - i] = (1 + x) / 2;
    weight[points - 1 - i] = 1 / ((1 - x * x) * slope * slope);
  }
  const quadrature = { node, weight };
  made.set(points, quadrature);
  return quadrature;
}
