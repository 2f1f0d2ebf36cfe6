/** @file A grower without anything special, for tests and benchmarks to change what they are about. */
import type { GrowerOptions } from './types.ts';

export const plainGrower: GrowerOptions = {
  policy: 'depthwise',
  maxDepth: 4,
  maxLeaves: 0,
  lambda: 1,
  alpha: 0,
  minGain: 0,
  minHessian: 1,
  minRows: 1,
  maxDeltaStep: 0,
  learningRate: 0.5,
  columnShare: { tree: 1, level: 1, node: 1 },
  monotone: null,
  interactions: null,
  pathSmooth: 0,
  extraRandom: false,
  score: 'gain',
  randomStrength: 0,
  categories: null,
  seed: 3,
};
