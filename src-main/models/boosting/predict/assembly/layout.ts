/** Where `predict/compile.ts` and `predict/batch.ts` put what the kernel reads: byte offsets. */

// --- head: where everything lies --------------------------------------------------------------------------------------
export const hGroups: usize = 0;
export const hGroupCount: usize = 4;
export const hTrees: usize = 8;
export const hTreeCount: usize = 12;
export const hOutputs: usize = 16;
export const hLeafWidth: usize = 20;
export const hBase: usize = 24;
export const hInput: usize = 28;
/** rows a column of the input has room for, and rows it holds */
export const hStride: usize = 32;
export const hRows: usize = 36;
export const hResult: usize = 40;
export const hNextBlock: usize = 44;
export const hScale: usize = 48;
/** scratch space of thread 0: leaves, slots, sums (outputs x 256 x f64), codes (columns x 256) */
export const hScratch: usize = 56;
export const hScratchBytes: usize = 60;

// --- a group: one column read in one way ------------------------------------------------------------------------------
export const groupBytes: usize = 48;
export const gColumn: usize = 0;
/** 0: value < threshold, 1: value <= threshold, 2: in a set of codes, 3: equal to a code */
export const gKind: usize = 4;
export const gData: usize = 8;
export const gCount: usize = 12;
export const gFirst: usize = 16;
export const gChunks: usize = 20;
/** 1: round to 32 bits, 2: NaN is 0, 4: zero is missing, 8: a missing code is in no set */
export const gFlags: usize = 24;
export const gMissingCode: usize = 28;
/** f64 that stands for NaN */
export const gMissing: usize = 32;
/** levels of the tree of thresholds */
export const gLevels: usize = 40;

// --- a tree -----------------------------------------------------------------------------------------------------------
export const treeBytes: usize = 32;
/** 0: symmetric, 1: selections from the leaves up, 2: a walk from the root down, 3: symmetric, more than 256 leaves */
export const tKind: usize = 0;
export const tProgram: usize = 4;
export const tCount: usize = 8;
export const tValues: usize = 12;
export const tOutput: usize = 16;
export const tDepth: usize = 20;

/** rows of a block: codes of column v lie at `codes + v * 256` */
export const blockShift: u32 = 8;
export const blockRows: i32 = 256;
