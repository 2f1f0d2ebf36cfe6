/** @file What the kernels export; compiled by scripts/build-import-kernels.mjs into kernels-wasm.ts. */
export { rows, scan } from './scan';
export { addPerBin, addPerPlace, addUp, onePerPlace } from './columns';
export { clear, distinct, indexOf, pack, present } from './encode';
export { sort } from './sort';
