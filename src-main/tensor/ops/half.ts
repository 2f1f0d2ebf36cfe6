/**
 * @file Mixed precision, as PyTorch's autocast has it: in a graph that asks for it (`halfProducts`), operands of products are rounded to
 * 16 bits and the product is widened again, so that graphics cards can use their units for such products, which add up in 32 bits.
 * All else (sums, norms, softmax, loss) stays in 32 bits. Gradients go the same way back: their products have 16 bits too,
 * so the loss is to be scaled up first (`loss-scale.ts`).
 *
 * A provider that has no such products inserts conversions: right, but slower than 32 bits.
 * @see Micikevicius et al., "Mixed Precision Training", arXiv 1710.03740
 */
import type { Value } from '../graph.ts';
import { cast } from './scalar.ts';

/** The product of these is to be made in 16 bits: of {@link halved} operands, {@link widened}. */
export const inHalf = (a: Value, b: Value): boolean =>
  a.graph.halfProducts && a.type === 'float32' && b.type === 'float32';

/** Rounded to 16 bits; beyond 65504 infinity. What was widened from 16 bits is taken as it was before. */
export function halved(x: Value): Value {
  const [source] = x.node?.type === 'Cast' ? x.node.inputs : [];
  return source?.type === 'float16' ? source : cast(x, 'float16');
}

export const widened = (x: Value): Value => cast(x, 'float32');
