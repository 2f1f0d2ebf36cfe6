/** What leaves are worth: their own score, and whether it is worth looking for a split of them. */
import {
  paramsAt,
  pMostDepth,
  fLambda,
  fMinHessian,
  fMinRows,
  fMinGain,
  nThreshold,
  nCount,
  nGradient,
  nHessian,
  nDepth,
} from './layout';

/** Whether it is worth looking for a split of a new child; then its threshold is set. */
export function mayBeSplit(child: usize): bool {
  const deepest = load<i32>(paramsAt + pMostDepth);
  if (deepest > 0 && load<i32>(child + nDepth) >= deepest) return false;
  if (<f64>load<u32>(child + nCount) < 2 * max(1, load<f64>(paramsAt + fMinRows))) return false;
  if (load<f64>(child + nHessian) < 2 * load<f64>(paramsAt + fMinHessian)) return false;
  store<f64>(child + nThreshold, ownScore(child) + load<f64>(paramsAt + fMinGain));
  return true;
}

/** What a node scores as a leaf. */
export function ownScore(node: usize): f64 {
  const g = load<f64>(node + nGradient);
  const h = load<f64>(node + nHessian);
  return h <= 0 ? 0 : (g * g) / (h + load<f64>(paramsAt + fLambda));
}
