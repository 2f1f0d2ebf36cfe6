/** @file Small made-up load series whose truth the tests know. */
import fs from 'node:fs';
import path from 'node:path';

/** mulberry32: a seeded generator good enough for test noise */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const hourMs = 3_600_000;
export const iso = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

/** Hourly kWh of an office: a daily shape on weekdays, little at weekends, a slow trend, seeded noise; 1 January 2024 is a Monday. */
export function officeLoad(
  days: number,
  seed = 1,
): { time: number[]; load: number[]; temperature: number[] } {
  const random = seeded(seed);
  const time: number[] = [];
  const load: number[] = [];
  const temperature: number[] = [];
  for (let i = 0; i < days * 24; i++) {
    const hour = i % 24;
    const day = Math.floor(i / 24);
    const weekend = day % 7 >= 5;
    const warmth = 10 + 8 * Math.sin((2 * Math.PI * (hour - 9)) / 24) + 4 * Math.sin(day / 9);
    const shape = weekend ? 12 : 15 + 45 * Math.exp(-((hour - 13) ** 2) / 18);
    time.push(Date.UTC(2024, 0, 1) + i * hourMs);
    temperature.push(Number(warmth.toFixed(1)));
    load.push(
      Number((shape + 0.02 * day + 0.4 * Math.max(0, warmth - 14) + 3 * (random() - 0.5)).toFixed(2)),
    );
  }
  return { time, load, temperature };
}

/** Writes it as a CSV; returns the file's path. */
export function writeOfficeCsv(folder: string, days = 70, name = 'office.csv', seed = 1): string {
  const { time, load, temperature } = officeLoad(days, seed);
  const lines = [
    'time,load_kWh,temperature_C',
    ...time.map((t, i) => `${iso(t)},${load[i]},${temperature[i]}`),
  ];
  const file = path.join(folder, name);
  fs.writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}
