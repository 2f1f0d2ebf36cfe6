/**
 * @file A synthetic year of a steel plant in 15-minute readings, so that the first start has something to train on.
 *
 * Not measured anywhere: every figure comes from the rules below and a seed. Columns and file conventions are those of
 * the UCI data set 851 "Steel Industry Energy Consumption" (byte order mark, CRLF, DD/MM/YYYY, stamps at the end of the
 * interval, the reading of midnight under the old date, one hole written as zeros), so that everything that works on the
 * sample works on the real file.
 *
 *   idle        3 to 5 kWh per quarter of an hour, a little more in winter nights
 *   early shift 06:00-14:00 and late shift 14:00-22:00 on working days, a short shift on most Saturdays, ramps, breaks
 *   plan        the day's output wanders slowly about its mean and falls towards the end of the week
 *   furnace     heats of about an hour, whose phase drifts, so that the shape within an hour cannot be known a day ahead
 *   stops       public holidays, two weeks in August, the days after Christmas, and breakdowns at random
 */
import { gaussian, randomSource } from './random.ts';
import type { RandomSource } from './random.ts';

const QUARTER = 900_000;
const DAY = 86_400_000;
const YEAR = 2023;
const DAYS = 365;
const SLOTS = 96;
/** tonnes of CO2 per kWh */
const CO2_PER_KWH = 0.00047;

const header = [
  ...[
    'date',
    'Usage_kWh',
    'Lagging_Current_Reactive.Power_kVarh',
    'Leading_Current_Reactive_Power_kVarh',
    'CO2(tCO2)',
  ],
  ...[
    'Lagging_Current_Power_Factor',
    'Leading_Current_Power_Factor',
    'NSM',
    'WeekStatus',
    'Day_of_week',
    'Load_Type',
  ],
];
const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
/** month and day on which the plant stands still */
const holidays = new Set([
  '1-1',
  '1-6',
  '4-7',
  '5-1',
  '8-15',
  '10-12',
  '11-1',
  '12-6',
  '12-8',
  '12-25',
  '12-26',
  '12-27',
  '12-28',
  '12-29',
]);

/**
 * The sample as the text of a CSV file: 35,040 rows, 11 columns.
 * @param seed any number; the same seed gives the same text, byte for byte
 */
export function generateSteelSample(seed: number): string {
  const random = randomSource(seed);
  const plan = planYear(random);
  const usage = loadYear(random, plan);
  const hole = 96 * (200 + Math.floor(random() * 60)) + 95;
  const lines = [`\uFEFF${header.join(',')}`];
  for (let i = 0; i < DAYS * SLOTS; i++) lines.push(row(random, i, usage[i], plan, i === hole));
  lines.push('');
  return lines.join('\r\n');
}

interface DayPlan {
  /** 0 stands still, 1 usual output */
  readonly output: number;
  /** quarters of an hour since midnight */
  readonly from: number;
  readonly to: number;
}

/** What each day is meant to produce. */
function planYear(random: RandomSource): DayPlan[] {
  let drift = 0;
  return Array.from({ length: DAYS }, (_, day) => {
    drift = 0.86 * drift + 0.07 * gaussian(random);
    const date = new Date(Date.UTC(YEAR, 0, 1 + day));
    const weekday = date.getUTCDay();
    const still =
      holidays.has(`${date.getUTCMonth() + 1}-${date.getUTCDate()}`) ||
      weekday === 0 ||
      (day >= 218 && day < 232);
    const season = 1 + 0.07 * Math.cos((2 * Math.PI * (day - 20)) / DAYS);
    const week = [0, 0.94, 1.04, 1.05, 1.03, 0.93, 0.55][weekday];
    const output = still ? 0 : Math.max(0.2, week * season * (1 + drift));
    if (weekday === 6) return { output, from: 24, to: 56 };
    return { output, from: 24, to: weekday === 5 ? 80 : 88 };
  });
}

/** kWh per quarter of an hour, in order of time; entry 0 is 00:00 to 00:15. */
function loadYear(random: RandomSource, plan: readonly DayPlan[]): Float64Array {
  const usage = new Float64Array(DAYS * SLOTS);
  let slow = 0;
  let phase = 0;
  let stopLeft = 0;
  for (let i = 0; i < usage.length; i++) {
    const day = plan[Math.floor(i / SLOTS)];
    const slot = i % SLOTS;
    slow = 0.8 * slow + 0.6 * gaussian(random);
    phase += (2 * Math.PI) / (4.3 + 0.5 * gaussian(random));
    const working = day.output > 0 && slot >= day.from && slot < day.to;
    if (working && stopLeft === 0 && random() < 0.0015) stopLeft = 2 + Math.floor(random() * 9);
    const share = working && stopLeft === 0 ? day.output * rampAndBreaks(slot, day) : working ? 0.12 : 0;
    if (stopLeft > 0) stopLeft--;
    const winter = Math.cos((2 * Math.PI * (i / SLOTS - 20)) / DAYS);
    const idle =
      3.7 + 0.5 * winter + (slot < 24 || slot >= 88 ? 0.35 : 0) + 0.18 * slow + 0.12 * gaussian(random);
    const heats = 1 + 0.2 * Math.sin(phase) + 0.07 * slow + 0.08 * gaussian(random);
    usage[i] = round2(Math.max(2.2, idle + 66 * share * Math.max(0.25, heats)));
  }
  return usage;
}

/** Share of full output within a shift: start, end, change of shift and two breaks. */
function rampAndBreaks(slot: number, day: DayPlan): number {
  const since = slot - day.from;
  const left = day.to - slot;
  const ramp = Math.min(1, (since + 1) / 8, left / 4);
  if (slot >= 48 && slot < 51) return 0.42 * ramp;
  if (slot === 56 || slot === 74) return 0.6 * ramp;
  return ramp * (slot < 56 ? 1.06 : 0.94);
}

const round2 = (value: number): number => Math.round(value * 100) / 100;
const text = (value: number): string => String(round2(value));
const two = (value: number): string => String(value).padStart(2, '0');

function row(
  random: RandomSource,
  index: number,
  kWh: number,
  plan: readonly DayPlan[],
  hole: boolean,
): string {
  // stamps end their interval, and midnight keeps the date of the day it ends
  const date = new Date(Date.UTC(YEAR, 0, 1) + Math.floor(index / SLOTS) * DAY);
  const seconds = (((index % SLOTS) + 1) * QUARTER) % DAY;
  const minutes = seconds / 60_000;
  const stamp = `${two(date.getUTCDate())}/${two(date.getUTCMonth() + 1)}/${YEAR} ${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  const weekday = date.getUTCDay();
  const power = reactivePower(random, index, kWh, plan[Math.floor(index / SLOTS)]);
  const figures = hole
    ? ['0', '0', '0', '0', '0', '0']
    : [kWh, power.lagging, power.leading, kWh * CO2_PER_KWH, power.laggingFactor, power.leadingFactor].map(
        text,
      );
  return [
    stamp,
    ...figures,
    seconds / 1000,
    weekday === 0 || weekday === 6 ? 'Weekend' : 'Weekday',
    weekdays[weekday],
    loadType(weekday, minutes / 60),
  ].join(',');
}

interface ReactivePower {
  readonly lagging: number;
  readonly leading: number;
  /** percent; 100 where there is no reactive power of that kind */
  readonly laggingFactor: number;
  readonly leadingFactor: number;
}

/**
 * Motors lag; the capacitor bank, left on over quiet days, leads. kVarh and power factor obey
 * kWh = kVarh · PF / √(1 − PF²).
 */
function reactivePower(random: RandomSource, index: number, kWh: number, day: DayPlan): ReactivePower {
  const slot = index % SLOTS;
  const quietDay = day.output < 0.6 && slot >= 30 && slot < 84;
  if (kWh < 12 && quietDay) {
    const leading = round2(13 + 4 * Math.sin(slot / 9) + 1.6 * gaussian(random));
    return {
      lagging: 0,
      leading: Math.max(1, leading),
      laggingFactor: 100,
      leadingFactor: factor(kWh, Math.max(1, leading)),
    };
  }
  const wanted = kWh < 12 ? 0.69 + 0.03 * gaussian(random) : 0.8 + 0.0013 * kWh + 0.025 * gaussian(random);
  const bounded = Math.min(0.995, Math.max(0.45, wanted));
  const lagging = round2((kWh * Math.sqrt(1 - bounded * bounded)) / bounded);
  return { lagging, leading: 0, laggingFactor: factor(kWh, lagging), leadingFactor: 100 };
}

const factor = (kWh: number, kvarh: number): number => (100 * kWh) / Math.hypot(kWh, kvarh);

/** The tariff's classes, by the clock: hour at the end of the interval. */
function loadType(weekday: number, hour: number): string {
  if (weekday === 0 || hour <= 8 || hour > 22) return 'Light_Load';
  if (weekday === 6) return hour > 9 ? 'Medium_Load' : 'Light_Load';
  return (hour > 10 && hour <= 12) || (hour > 13 && hour <= 17) ? 'Maximum_Load' : 'Medium_Load';
}
