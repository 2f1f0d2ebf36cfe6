/**
 * @file A backtest as bytes (`backtest.bin`): magic, header length (uint32), JSON header, then little-endian arrays in the
 * header's order. JSON alone would be four times as long and lose NaN.
 */
import { AppError } from '../../src-preload/contract/index.ts';
import type { Backtest } from './backtest.ts';

const MAGIC = 'VCBT0001';

interface Header {
  readonly target: string;
  readonly unit: string | null;
  readonly timezone: string;
  readonly resolutionMs: number;
  readonly plan: Omit<Backtest['plan'], 'origins'>;
  readonly levels: readonly number[] | null;
  readonly arrays: Readonly<Record<ArrayName, number | null>>;
}
type ArrayName = 'origins' | 'originTime' | 'time' | 'actual' | 'point' | 'quantiles';
const order: readonly ArrayName[] = ['origins', 'originTime', 'time', 'actual', 'point', 'quantiles'];

export function encodeBacktest(backtest: Backtest): Uint8Array {
  const { plan, batch } = backtest;
  const { origins, ...rest } = plan;
  const arrays: Record<ArrayName, Float64Array | null> = {
    origins: Float64Array.from(origins),
    originTime: backtest.originTime,
    time: backtest.time,
    actual: backtest.actual,
    point: batch.point,
    quantiles: batch.quantiles,
  };
  const header: Header = {
    target: backtest.target,
    unit: backtest.unit,
    timezone: backtest.timezone,
    resolutionMs: backtest.resolutionMs,
    plan: rest,
    levels: batch.levels,
    arrays: Object.fromEntries(order.map((name) => [name, arrays[name]?.length ?? null])) as Header['arrays'],
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const values = order.reduce((sum, name) => sum + (arrays[name]?.length ?? 0), 0);
  const bytes = new Uint8Array(MAGIC.length + 4 + text.length + values * 8);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(MAGIC));
  view.setUint32(MAGIC.length, text.length, true);
  bytes.set(text, MAGIC.length + 4);
  let at = MAGIC.length + 4 + text.length;
  for (const name of order)
    for (const value of arrays[name] ?? []) {
      view.setFloat64(at, value, true);
      at += 8;
    }
  return bytes;
}

/** @throws {AppError} `backtest-corrupt` */
export function decodeBacktest(bytes: Uint8Array): Backtest {
  const head = MAGIC.length + 4;
  if (bytes.length < head || new TextDecoder().decode(bytes.subarray(0, MAGIC.length)) !== MAGIC)
    throw corrupt('it does not begin with the mark of this format');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(MAGIC.length, true);
  const header = parseHeader(bytes.subarray(head, head + length));
  const values = order.reduce((sum, name) => sum + (header.arrays[name] ?? 0), 0);
  if (bytes.length !== head + length + values * 8)
    throw corrupt(`${bytes.length} bytes, expected ${head + length + values * 8}`);
  let at = head + length;
  const read = (name: ArrayName): Float64Array => {
    const array = new Float64Array(header.arrays[name] ?? 0);
    for (let i = 0; i < array.length; i++, at += 8) array[i] = view.getFloat64(at, true);
    return array;
  };
  const origins = Int32Array.from(read('origins'));
  const originTime = read('originTime');
  const time = read('time');
  const actual = read('actual');
  const point = read('point');
  const quantiles = read('quantiles');
  const { target, unit, timezone, resolutionMs, levels } = header;
  return {
    plan: { ...header.plan, origins },
    target,
    unit,
    timezone,
    resolutionMs,
    time,
    originTime,
    actual,
    batch: {
      origins,
      horizon: header.plan.horizon,
      point,
      levels,
      quantiles: header.arrays.quantiles === null ? null : quantiles,
    },
  };
}

function parseHeader(bytes: Uint8Array): Header {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Header;
  } catch (cause) {
    throw corrupt('its header is not readable', cause);
  }
}

const corrupt = (why: string, cause?: unknown): AppError =>
  new AppError(
    {
      code: 'backtest-corrupt',
      message: `The stored backtest cannot be read: ${why}.`,
      hint: 'Run the recipe again.',
    },
    { cause },
  );
