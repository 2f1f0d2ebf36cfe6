/** @file The contract between the two sides, and the floor everything stands on. Imports nothing of ours. */
export * from './errors.ts';
export * from './metrics.ts';
export * from './dataset.ts';
export * from './recipe.ts';
export * from './runs.ts';
export * from './step-names.ts';
export * from './explain.ts';
export * from './model-files.ts';
export * from './foundation-models.ts';
export * from './calls.ts';
