/**
 * @file Shapes whose sizes may be known only when the graph runs. A size is a number or a name; two named sizes are equal
 * when their names are. Names of sums and products are made from their parts (`n+1`, `batch*8`), so they compare as well.
 */

export type Dim = number | string;
export type Shape = readonly Dim[];

/** A graph that does not fit together: a fault of the program that builds it, never of data. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

export const showShape = (shape: Shape): string => `[${shape.join(', ')}]`;

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((dim, i) => dim === b[i]);

/** Shape of an element-wise operation by NumPy's rule. @throws ShapeError */
export function broadcast(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const left = a[i - rank + a.length] ?? 1;
    const right = b[i - rank + b.length] ?? 1;
    if (left === right || right === 1) return left;
    if (left === 1) return right;
    throw new ShapeError(`shapes ${showShape(a)} and ${showShape(b)} do not go together`);
  });
}

/** Factors (or summands) of a name, in an order that makes equal products (sums) the same text. */
function combined(
  dims: readonly Dim[],
  sign: '*' | '+',
  start: number,
  join: (a: number, b: number) => number,
): Dim {
  let known = start;
  const names: string[] = [];
  for (const dim of dims) {
    if (typeof dim === 'number') known = join(known, dim);
    else if (sign === '*') names.push(dim.includes('+') && !dim.startsWith('(') ? `(${dim})` : dim);
    else
      for (const part of topLevel(dim))
        if (/^\d+$/.test(part)) known = join(known, Number(part));
        else names.push(part);
  }
  if (names.length === 0) return known;
  names.sort();
  return known === start ? names.join(sign) : [...names, String(known)].join(sign);
}

/** Summands (or factors) of a name, leaving those in brackets together. */
function topLevel(name: string, sign: '+' | '*' = '+'): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < name.length; i++) {
    if (name[i] === '(') depth++;
    else if (name[i] === ')') depth--;
    else if (name[i] === sign && depth === 0) {
      parts.push(name.slice(from, i));
      from = i + 1;
    }
  }
  parts.push(name.slice(from));
  return parts;
}

/** Parts of the name of a sum or product; null for a name that is neither. */
export function partsOf(name: string): { readonly sign: '+' | '*'; readonly parts: readonly Dim[] } | null {
  const inBrackets = name.startsWith('(') && name.indexOf(')') === name.length - 1;
  const bare = inBrackets ? name.slice(1, -1) : name;
  for (const sign of ['+', '*'] as const) {
    const parts = topLevel(bare, sign);
    if (parts.length > 1)
      return { sign, parts: parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part)) };
  }
  return null;
}

/** What a size comes to where named ones are known; null where one is not. */
export function sizeIn(dim: Dim, sizes: ReadonlyMap<string, number>): number | null {
  if (typeof dim === 'number') return dim;
  const known = sizes.get(dim);
  if (known !== undefined) return known;
  const made = partsOf(dim);
  if (made === null) return null;
  const parts = made.parts.map((part) => sizeIn(part, sizes));
  if (parts.includes(null)) return null;
  return (parts as number[]).reduce((a, b) => (made.sign === '+' ? a + b : a * b));
}

/** Size of several axes joined into one. */
export const times = (...dims: readonly Dim[]): Dim =>
  dims.includes(0) ? 0 : combined(dims, '*', 1, (a, b) => a * b);

/** Size of several axes put one after the other. */
export const plus = (...dims: readonly Dim[]): Dim => combined(dims, '+', 0, (a, b) => a + b);

/** Axis counted from the front. @throws ShapeError */
export function axisOf(axis: number, rank: number): number {
  const from = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || from < 0 || from >= rank)
    throw new ShapeError(`axis ${axis} of a tensor of ${rank} axes`);
  return from;
}
