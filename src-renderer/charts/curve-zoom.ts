/** @file Moving and zooming along a time axis by key. Pure. */

export interface Range {
  readonly from: number;
  readonly to: number;
}

export const rangeOf = (times: readonly number[]): Range => ({
  from: times[0] ?? 0,
  to: times[times.length - 1] ?? 1,
});

/** The last part of the whole; null where that is all of it. */
export const endOf = (whole: Range, width: number): Range | null =>
  whole.to - whole.from > width ? { from: whole.to - width, to: whole.to } : null;

/** The range after a key, inside the whole; null for keys that mean nothing here. */
export function zoomRange(range: Range, whole: Range, key: string): Range | null {
  const width = range.to - range.from;
  const middle = (range.from + range.to) / 2;
  switch (key) {
    case 'ArrowLeft':
      return inside({ from: range.from - width / 5, to: range.to - width / 5 }, whole);
    case 'ArrowRight':
      return inside({ from: range.from + width / 5, to: range.to + width / 5 }, whole);
    case '+':
    case '=':
      return { from: middle - width / 4, to: middle + width / 4 };
    case '-':
      return inside({ from: middle - width, to: middle + width }, whole);
    case '0':
    case 'Home':
      return whole;
    default:
      return null;
  }
}

/** Shifted so that it does not leave the whole, cut where it is wider. */
function inside(range: Range, whole: Range): Range {
  const width = range.to - range.from;
  if (width >= whole.to - whole.from) return whole;
  if (range.from < whole.from) return { from: whole.from, to: whole.from + width };
  if (range.to > whole.to) return { from: whole.to - width, to: whole.to };
  return range;
}
