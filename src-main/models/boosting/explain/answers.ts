/** @file Answers to the questions of a tree, for many rows at a time. The rules are those of predict/walk.ts. */
import { nodeFlag } from '../ensemble.ts';
import type { TreeEnsemble } from '../ensemble.ts';
import { zeroThreshold } from '../predict/walk.ts';
import type { Question } from './weighted-trees.ts';

const { defaultLeft, missingNone, missingZero } = nodeFlag;
const zeroOrNone = missingNone | missingZero;

/**
 * `out[i]` becomes 1 where row `from + i` goes right, else 0.
 * @param column read values (see `readings`) of the question's column, shape (all rows)
 */
export function answer(
  ensemble: TreeEnsemble,
  question: Question,
  column: Float64Array,
  from: number,
  out: Uint8Array,
): void {
  const { at, flags } = question;
  const missing = (flags & defaultLeft) === 0 ? 1 : 0;
  switch (question.kind) {
    case 'above':
      for (let i = 0; i < out.length; i++) out[i] = column[from + i] > at ? 1 : 0;
      return;
    case 'equal':
      for (let i = 0; i < out.length; i++) out[i] = column[from + i] === at ? 1 : 0;
      return;
    case 'set': {
      const bits = setOf(ensemble, at);
      const unknown = (flags & zeroOrNone) !== 0 ? 1 : missing;
      for (let i = 0; i < out.length; i++) {
        const x = column[from + i];
        out[i] = x !== x ? unknown : isIn(bits, x) ? 0 : 1;
      }
      return;
    }
    case 'threshold': {
      const orEqual = ensemble.compare === 'le';
      if ((flags & zeroOrNone) !== 0) {
        const zeroMissing = (flags & missingZero) !== 0;
        for (let i = 0; i < out.length; i++) {
          const given = column[from + i];
          const x = given !== given ? 0 : given;
          if (zeroMissing && Math.abs(x) <= zeroThreshold) out[i] = missing;
          else out[i] = x < at || (orEqual && x === at) ? 0 : 1;
        }
      } else compareAll(column.subarray(from, from + out.length), at, orEqual, missing, out);
    }
  }
}

/**
 * NaN compares false with everything, so the side it takes decides which way round the comparison is written; without
 * branches, because every other row would be guessed wrong.
 */
function compareAll(x: Float64Array, at: number, orEqual: boolean, missing: number, out: Uint8Array): void {
  const n = out.length;
  if (orEqual && missing === 1) for (let i = 0; i < n; i++) out[i] = 1 - Number(x[i] <= at);
  else if (orEqual) for (let i = 0; i < n; i++) out[i] = Number(x[i] > at);
  else if (missing === 1) for (let i = 0; i < n; i++) out[i] = 1 - Number(x[i] < at);
  else for (let i = 0; i < n; i++) out[i] = Number(x[i] >= at);
}

function setOf({ trees }: TreeEnsemble, set: number): Uint32Array {
  return trees.shape === 'nodes'
    ? trees.setBits.subarray(trees.setStart[set], trees.setStart[set + 1])
    : new Uint32Array(0);
}

const isIn = (bits: Uint32Array, code: number): boolean =>
  code >= 0 &&
  code < bits.length * 32 &&
  Number.isInteger(code) &&
  ((bits[code >>> 5] >>> (code & 31)) & 1) === 1;
