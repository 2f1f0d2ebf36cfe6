/** Where a job and its pieces lie in memory: offsets in bytes, read by the kernel and by optimiser.ts. */

// the job
/** next piece, i32: below all others in a cache line of its own */
export const jNext = 0;
/** pieces, i32 */
export const jCount = 64;
/** i32: {@link normOf} or {@link stepOf} */
export const jOperation = 68;
/** where the pieces begin */
export const jPieces = 72;
/** f32: on the gradient */
export const jFactor = 76;
export const jBeta1 = 80;
export const jRest1 = 84;
export const jBeta2 = 88;
export const jRest2 = 92;
/** f32: learning rate over the correction of the mean */
export const jSize = 96;
/** f32: one over the root of the correction of the square */
export const jCorrection = 100;
export const jEpsilon = 104;
/** f32: what decay leaves of a weight */
export const jKept = 108;
export const jobBytes = 128;

export const normOf = 0;
export const stepOf = 1;

// a piece of a tensor
/** f64: made by {@link normOf} */
export const pSum = 0;
export const pWeight = 8;
export const pMean = 12;
export const pSquare = 16;
export const pGradient = 20;
/** numbers, u32, a multiple of 4 */
export const pCount = 24;
/** i32, 1: weight decay holds for it */
export const pDecays = 28;
export const pieceBytes = 32;
