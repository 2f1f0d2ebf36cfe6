/**
 * @file Synthetic electrical loads: weekdays, weekends and holidays, shifts and machines, heating and cooling, the sun on the
 * roof. Each call draws another site. Weather comes back beside the load, so that it can serve as a covariate.
 */
import { ar1, createDraw, shifts, switching, walk } from './noise.ts';
import type { Draw } from './noise.ts';

export interface SyntheticLoad {
  readonly load: Float64Array;
  /** what a site might know: outside temperature, working hours, irradiance */
  readonly drivers: readonly Float64Array[];
}

const week = 7;

/** Smooth switch between 0 and 1 around hour `at`. */
const edge = (hour: number, at: number, width: number): number => 1 / (1 + Math.exp(-(hour - at) / width));

/** Hours in circle: distance of two hours of a day, at most 12. */
const apart = (a: number, b: number): number => {
  const d = Math.abs(a - b) % 24;
  return Math.min(d, 24 - d);
};

/** Shape of a day over hours 0..24, between about 0 and 1. */
type DayShape = (hour: number) => number;

function plateau(draw: Draw): DayShape {
  const start = draw.between(4.5, 9.5);
  const end = start + draw.between(6, 14);
  const width = draw.logBetween(0.05, 0.9);
  const lunch = draw.chance(0.5) ? draw.between(0.05, 0.5) : 0;
  const noon = draw.between(11.5, 13.5);
  return (hour) => {
    const on =
      edge(hour, start, width) * (1 - edge(hour, end, width)) +
      (end > 24 ? 1 - edge(hour, end - 24, width) : 0);
    return on * (1 - lunch * Math.exp(-((apart(hour, noon) / 0.6) ** 2)));
  };
}

function bumps(draw: Draw): DayShape {
  const peaks = Array.from({ length: 1 + draw.integer(3) }, () => ({
    at: draw.between(5, 23),
    width: draw.logBetween(0.7, 4),
    size: draw.between(0.2, 1),
  }));
  return (hour) =>
    peaks.reduce(
      (sum, { at, width, size }) => sum + size * Math.exp(-0.5 * (apart(hour, at) / width) ** 2),
      0,
    );
}

function shiftWork(draw: Draw): DayShape {
  const begin = draw.between(5, 8);
  const levels = [1, draw.between(0.3, 1), draw.between(0, 0.9)];
  const dip = draw.between(0, 0.3);
  return (hour) => {
    const since = (hour - begin + 24) % 24;
    const inShift = since % 8;
    return levels[Math.floor(since / 8)] * (1 - (inShift < 0.4 || apart(inShift, 4) < 0.25 ? dip : 0));
  };
}

/** Any smooth day: harmonics of random size. */
function waves(draw: Draw): DayShape {
  const roughness = draw.logBetween(0.6, 4);
  const harmonics = Array.from({ length: 8 }, (_, k) => ({
    size: Math.exp(-k / roughness) * draw.normal(),
    phase: draw.between(0, 2 * Math.PI),
  }));
  const values = Array.from({ length: 96 }, (_, i) =>
    harmonics.reduce(
      (sum, { size, phase }, k) => sum + size * Math.cos((2 * Math.PI * (k + 1) * i) / 96 + phase),
      0,
    ),
  );
  const least = Math.min(...values);
  const range = Math.max(...values) - least || 1;
  return (hour) => {
    const at = ((hour + 24) % 24) * 4;
    const i = Math.floor(at);
    return (values[i % 96] * (i + 1 - at) + values[(i + 1) % 96] * (at - i) - least) / range;
  };
}

const flat: DayShape = () => 1;

/** Factor of each weekday (0 = Monday) on the working part of the load. */
function weekFactors(draw: Draw): number[] {
  const kind = draw.next();
  const saturday = draw.between(0, 1);
  const sunday = Math.min(saturday, draw.between(0, 0.9));
  const quiet = draw.between(0, 0.25);
  const jitter = draw.chance(0.5) ? 0.08 : 0.02;
  const base =
    kind < 0.65
      ? [1, 1, 1, 1, 1, saturday, sunday]
      : kind < 0.85
        ? [1, 1, 1, 1, 1, quiet, quiet]
        : new Array<number>(week).fill(1);
  const turn = draw.chance(0.04) ? draw.integer(week) : 0;
  return base.map((_, d) => Math.max(0, base[(d + turn) % week] * (1 + jitter * draw.normal())));
}

/**
 * @param length steps
 * @param perDay steps in a day
 */
export function syntheticLoad(seed: readonly number[], length: number, perDay: number): SyntheticLoad {
  const draw = createDraw(...seed);
  const days = Math.ceil(length / perDay) + 2;
  const firstDay = draw.integer(week);
  const offset = draw.integer(perDay);
  const dayOfYear = draw.between(0, 365);
  const shape = draw.pick([plateau, plateau, bumps, bumps, waves, waves, shiftWork, () => flat])(draw);
  const otherShape = draw.chance(0.35) ? draw.pick([bumps, plateau, waves])(draw) : null;
  const factors = weekFactors(draw);
  const idle = draw.logBetween(0.008, 0.08);
  const holidays = Array.from({ length: days }, () => draw.chance(idle));
  const overtime = draw.chance(0.15) ? draw.between(0.05, 0.5) : 0;
  const extraDays = Array.from({ length: days }, () => draw.chance(overtime));
  const orders = draw.chance(0.35) ? orderBook(draw, days) : null;
  const dayNoise = ar1(draw, days, draw.between(0, 0.8));
  const dayStrength = draw.logBetween(0.01, 0.18);
  const base = draw.chance(0.15) ? 0 : draw.logBetween(0.03, 1.5);
  const punctual = draw.chance(0.5);
  const shiftOfDay = Array.from({ length: days }, () =>
    punctual ? 0 : draw.normal() * (draw.chance(0.15) ? 0.8 : 0.15),
  );

  const temperature = weather(draw, length, perDay, dayOfYear);
  const heating = draw.chance(0.5) ? draw.logBetween(0.005, 0.06) : 0;
  const cooling = draw.chance(0.4) ? draw.logBetween(0.005, 0.07) : 0;
  const heatBelow = draw.between(10, 18);
  const coolAbove = draw.between(18, 25);
  const workBound = draw.between(0, 1);

  const fine = ar1(draw, length, draw.chance(0.3) ? draw.between(0, 0.5) : draw.between(0.5, 0.98));
  const noise = draw.logBetween(0.004, 0.25);
  const proportional = draw.chance(0.7);
  const machine = draw.chance(0.3)
    ? switching(draw, length, draw.logBetween(1, perDay / 3), draw.logBetween(1, perDay / 3))
    : null;
  const machineSize = draw.between(0.1, 0.9);
  const machineAlways = draw.chance(0.25);
  const drift = walk(draw, length, draw.chance(0.8) ? draw.logBetween(0.02, 0.4) : 0);
  const jumps = draw.chance(0.12) ? shifts(draw, length, 1 + draw.integer(2), 0.3) : null;
  const sun = draw.chance(0.15) ? irradiance(draw, length, perDay, offset, dayOfYear) : null;
  const sunSize = draw.between(0.2, 1.2);
  const quiet = draw.chance(0.08) ? quietWeeks(draw, days) : null;
  const habits = draw.chance(0.3) ? changing(draw, days, { factors, shape }) : settled({ factors, shape });
  const clock = draw.chance(0.15) ? { from: draw.integer(days), by: draw.pick([-1, 1]) } : null;

  const load = new Float64Array(length);
  const working = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const at = i + offset;
    const day = Math.floor(at / perDay);
    const hour =
      (((at % perDay) / perDay) * 24 + (clock !== null && day >= clock.from ? clock.by : 0) + 24) % 24;
    const weekday = (day + firstDay) % week;
    const away = holidays[day] || (quiet?.[day] ?? false);
    const usual = extraDays[day]
      ? Math.max(habits.factor(day, weekday), habits.factor(day, 0))
      : habits.factor(day, weekday);
    const busy = orders === null ? 1 : orders(day, hour);
    const factor =
      (away ? Math.min(habits.factor(day, 6), habits.factor(day, 0)) : usual) *
      (1 + dayStrength * dayNoise[day]) *
      busy;
    const shaped =
      otherShape !== null && (weekday > 4 || away)
        ? otherShape(hour)
        : habits.shape(day, (hour + shiftOfDay[day] + 24) % 24);
    const work = Math.max(0, factor) * shaped;
    working[i] = away ? 0 : habits.factor(day, weekday) * habits.shape(day, hour);
    const climate =
      heating * Math.max(0, heatBelow - temperature[i]) + cooling * Math.max(0, temperature[i] - coolAbove);
    let value = base + work + climate * (1 - workBound + workBound * Math.min(1.2, work + 0.2));
    if (machine !== null) value += machineSize * machine[i] * (machineAlways ? 1 : Math.min(1, work));
    value *= 1 + drift[i] + (jumps?.[i] ?? 0);
    value += noise * fine[i] * (proportional ? Math.abs(value) : 0.6);
    if (sun !== null) value -= sunSize * sun[i];
    load[i] = sun === null ? Math.max(0, value) : value;
  }
  return { load, drivers: sun === null ? [temperature, working] : [temperature, working, sun] };
}

/** Degrees Celsius: season, day, and weather that lasts some days. */
function weather(draw: Draw, length: number, perDay: number, dayOfYear: number): Float64Array {
  const mean = draw.between(-2, 26);
  const season = draw.between(2, 14);
  const daily = draw.between(1, 8);
  const front = ar1(draw, Math.ceil(length / perDay) + 2, 0.75);
  const fine = ar1(draw, length, 0.97);
  return Float64Array.from({ length }, (_, i) => {
    const day = i / perDay;
    const k = Math.floor(day);
    const between = front[k] * (k + 1 - day) + front[k + 1] * (day - k);
    const annual = -Math.cos((2 * Math.PI * (day + dayOfYear - 20)) / 365);
    return (
      mean + season * annual - daily * Math.cos(2 * Math.PI * (day - 0.15)) + 3.5 * between + 0.8 * fine[i]
    );
  });
}

/** 0..1: height of the sun by clouds of the day and of the hour */
function irradiance(
  draw: Draw,
  length: number,
  perDay: number,
  offset: number,
  dayOfYear: number,
): Float64Array {
  const cloudy = ar1(draw, Math.ceil(length / perDay) + 2, 0.5);
  const fine = ar1(draw, length, 0.9);
  const daylight = 12 + 4 * Math.sin((2 * Math.PI * (dayOfYear - 80)) / 365);
  return Float64Array.from({ length }, (_, i) => {
    const at = i + offset;
    const hour = ((at % perDay) / perDay) * 24;
    const height = Math.max(0, Math.cos(((hour - 12.5) / daylight) * Math.PI));
    const clear = 1 / (1 + Math.exp(-(cloudy[Math.floor(at / perDay)] + 0.7 + 0.5 * fine[i]) * 1.6));
    return Math.abs(hour - 12.5) < daylight / 2 ? height * clear : 0;
  });
}

/** What is made changes from one part of a day to the next, while shifts and breaks stay where they are. */
function orderBook(draw: Draw, days: number): (day: number, hour: number) => number {
  const hours = draw.pick([1, 1, 2, 4, 8]);
  const slots = 24 / hours;
  const size = draw.logBetween(0.05, 0.5);
  const lasting = ar1(draw, days, draw.between(0.3, 0.95));
  const share = draw.between(0, 0.8);
  const values = Array.from({ length: days * slots }, (_, s) => {
    const mixed = share * lasting[Math.floor(s / slots)] + Math.sqrt(1 - share * share) * draw.normal();
    return Math.max(0, 1 + size * mixed);
  });
  return (day, hour) => values[day * slots + Math.floor(hour / hours)];
}

/** A week's work: how much on each weekday, and when in the day. */
interface Week {
  readonly factors: readonly number[];
  readonly shape: DayShape;
}

/** The week that holds on a day. */
interface Habits {
  factor(day: number, weekday: number): number;
  shape(day: number, hour: number): number;
}

const settled = ({ factors, shape }: Week): Habits => ({
  factor: (_, weekday) => factors[weekday],
  shape: (_, hour) => shape(hour),
});

/** From some day on, at once or step by step, another week: other hours, other weekends, more or less work. */
function changing(draw: Draw, days: number, before: Week): Habits {
  const fresh = draw.pick([plateau, bumps, waves])(draw);
  const far = draw.between(0.2, 1);
  const size = draw.logBetween(0.6, 1.6);
  const factors = draw.chance(0.3) ? weekFactors(draw) : before.factors;
  const from = draw.integer(days);
  const over = draw.chance(0.4) ? 0 : draw.logBetween(5, 2 * days);
  const share = (day: number): number => (day < from ? 0 : over === 0 ? 1 : Math.min(1, (day - from) / over));
  const mixed = (day: number, old: number, other: number): number => old + share(day) * (other - old);
  return {
    factor: (day, weekday) => mixed(day, before.factors[weekday], factors[weekday]),
    shape: (day, hour) => {
      const old = before.shape(hour);
      return mixed(day, old, size * ((1 - far) * old + far * fresh(hour)));
    },
  };
}

/** Days of a works holiday. */
function quietWeeks(draw: Draw, days: number): boolean[] {
  const from = draw.integer(days);
  const count = 3 + draw.integer(12);
  return Array.from({ length: days }, (_, d) => d >= from && d < from + count);
}
