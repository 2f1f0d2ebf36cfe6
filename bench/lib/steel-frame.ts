/**
 * @file The UCI steel data as one frame, for benchmarks only: midnight rows moved to the next day, stamps made interval
 * beginnings (the file's are endings), the one all-zero row missing. Apps import files through src-main/data/import.
 */
import { readFileSync } from 'node:fs';
import type { Column, Frame } from '../../src-main/data/frame.ts';

const stepMs = 900_000;
const dayMs = 86_400_000;

export function readSteel(file: string): Frame {
  const lines = readFileSync(file, 'utf8')
    .replace(/^\uFEFF/, '')
    .trim()
    .split(/\r?\n/);
  const rows = lines.slice(1).map((line) => line.split(','));
  const time = Float64Array.from(rows, ([stamp]) => {
    const [, day, month, year, hour, minute] = /^(\d+)\/(\d+)\/(\d+) (\d+):(\d+)$/.exec(stamp) ?? [];
    const ms = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute));
    return (Number(hour) === 0 && Number(minute) === 0 ? ms + dayMs : ms) - stepMs;
  });
  for (let i = 1; i < time.length; i++)
    if (time[i] - time[i - 1] !== stepMs) throw new Error(`line ${i + 2}: not a 15-minute step`);
  const names = lines[0].split(',');
  const columns = [1, 2, 3, 4, 5, 6].map((c): Column => {
    const values = Float64Array.from(rows, (row) => (Number(row[1]) === 0 ? Number.NaN : Number(row[c])));
    return { name: names[c], type: 'number', unit: null, values };
  });
  return { time, resolutionMs: stepMs, timezone: 'UTC', columns };
}
