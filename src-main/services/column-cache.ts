/** @file Columns of stored tables kept in memory for charts: zooming reads one column many times. */
export interface CachedColumn {
  /** UTC ms, ascending */
  readonly time: Float64Array;
  readonly values: Float64Array;
}

export interface ColumnCache {
  /** the kept column, or what `read` gives, kept from then on */
  get(key: string, read: () => CachedColumn): CachedColumn;
}

/** Least recently used columns go when the whole is over `mostBytes`; the newest always stays. */
export function createColumnCache(mostBytes = 256 * 2 ** 20): ColumnCache {
  const kept = new Map<string, CachedColumn>();
  let bytes = 0;
  const size = ({ time, values }: CachedColumn): number => time.byteLength + values.byteLength;
  return {
    get(key, read) {
      const known = kept.get(key);
      if (known !== undefined) {
        kept.delete(key); // a Map keeps the order of insertion: used last stands last
        kept.set(key, known);
        return known;
      }
      const column = read();
      kept.set(key, column);
      bytes += size(column);
      for (const [oldest, old] of kept) {
        if (bytes <= mostBytes || oldest === key) break;
        kept.delete(oldest);
        bytes -= size(old);
      }
      return column;
    },
  };
}
