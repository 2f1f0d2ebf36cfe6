/** @file What Chronos-2 is trained on: pinball loss of the normalised quantiles (arXiv 2510.15821, section 3; specification 5.1). */
import type { Value } from '../../tensor/graph.ts';
import { reshape } from '../../tensor/ops/arrange.ts';
import { abs, lessOrEqual, mul, sub } from '../../tensor/ops/elementwise.ts';
import { mean, sum } from '../../tensor/ops/reduce.ts';
import { cast } from '../../tensor/ops/scalar.ts';

/**
 * Twice the pinball loss, averaged over all steps and rows (those without a target count as 0) and summed over quantiles.
 * @param output [rows, quantiles, m, P], before sinh
 * @param target [rows, m, P], normalised; anything where the mask is 0
 * @param mask [rows, m, P]: where a target is scored, how much it counts (1 in the original); else 0
 */
export function quantileLoss(output: Value, target: Value, mask: Value, levels: readonly number[]): Value {
  const [rows, quantiles, m, patch] = output.shape;
  const wanted = reshape(target, [rows, 1, m, patch]);
  const scored = reshape(mask, [rows, 1, m, patch]);
  const level = output.graph.constant('float32', [1, quantiles as number, 1, 1], levels);
  const below = cast(lessOrEqual(wanted, output), 'float32');
  const element = mul(2, abs(mul(sub(wanted, output), sub(below, level))));
  return sum(mean(mul(element, scored), [0, 2, 3]));
}
