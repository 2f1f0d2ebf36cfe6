/**
 * @file Names of categories in XGBoost models (`cats`, since 3.1): texts as bytes with offsets, or whole numbers. With
 * them XGBoost maps the categories of new data onto the codes of the trees.
 */
import type { FeatureInfo } from '../ensemble.ts';
import type { Field } from './model-file.ts';

/** XGBoost's mark of a list of 64-bit integers (`Value::ValueKind::kI64Array`). */
const int64List = 15;

/** Per column the texts of its codes, or null where the file has none. */
export function readCategoryNames(model: Field, columns: number): (readonly string[] | null)[] {
  const none = Array.from({ length: columns }, () => null);
  const encoders = model.find('cats')?.find('enc')?.list() ?? [];
  if (encoders.length === 0) return none;
  if (encoders.length !== columns)
    model.get('cats').fail(`categories of ${encoders.length} columns, expected ${columns}`);
  return encoders.map((encoder) => {
    const offsetField = encoder.find('offsets');
    const values = encoder.get('values').numbers();
    if (offsetField === null) return values.length === 0 ? null : Array.from(values, String);
    const offsets = offsetField.numbers();
    if (offsets.length < 2) return null;
    const bytes = Uint8Array.from(values, (value) => value & 255);
    const texts: string[] = [];
    for (let i = 0; i + 1 < offsets.length; i++) {
      if (!(offsets[i] >= 0 && offsets[i] <= offsets[i + 1] && offsets[i + 1] <= bytes.length))
        offsetField.fail(`text ${i} lies outside of ${bytes.length} bytes`);
      try {
        texts.push(
          new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(offsets[i], offsets[i + 1])),
        );
      } catch {
        // XGBoost 3.2 cuts texts outside of ASCII; half a text is no name
        return null;
      }
    }
    return new Set(texts).size === texts.length ? texts : null;
  });
}

const compareBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/**
 * The container for `cats`, or an empty one where a categorical column has no names, or has some outside of ASCII, which
 * XGBoost 3.2 cuts: codes are then taken as they are.
 */
export function categoryNames(features: readonly FeatureInfo[]): unknown {
  const named = features.some(({ kind }) => kind === 'category');
  const usable = features.every(
    ({ kind, categories }) =>
      kind === 'number' ||
      (categories !== null &&
        categories.length > 0 &&
        categories.every((text) => /^[\x20-\x7e]+$/.test(text))),
  );
  if (!named || !usable)
    return { enc: [], feature_segments: new Int32Array(0), sorted_idx: new Int32Array(0) };
  const segments = [0];
  const sorted: number[] = [];
  const enc = features.map(({ kind, categories }) => {
    const texts = kind === 'category' && categories !== null ? categories : [];
    segments.push(segments[segments.length - 1] + texts.length);
    const whole = texts.length > 0 && texts.every((text) => /^(0|-?[1-9]\d{0,14})$/.test(text));
    const order = texts.map((_, i) => i);
    order.sort((a, b) => (whole ? Number(texts[a]) - Number(texts[b]) : compareBytes(texts[a], texts[b])));
    sorted.push(...order);
    if (whole) return { type: int64List, values: BigInt64Array.from(texts, BigInt) };
    const bytes = Int8Array.from(Buffer.from(texts.join('')));
    const offsets = texts.length === 0 ? [] : [0];
    for (const text of texts) offsets.push(offsets[offsets.length - 1] + text.length);
    return { offsets: Int32Array.from(offsets), values: bytes };
  });
  return { enc, feature_segments: Int32Array.from(segments), sorted_idx: Int32Array.from(sorted) };
}
