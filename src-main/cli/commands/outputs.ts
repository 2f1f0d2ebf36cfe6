/** @file `voltcast forecast` and `voltcast report`. */
import path from 'node:path';
import { AppError } from '../../../src-preload/contract/index.ts';
import type { ImportOptions } from '../../../src-preload/contract/index.ts';
import type { Session } from '../context.ts';
import { figure, print, printJson, printTable } from '../output.ts';
import { resolveDataset } from './train.ts';

export interface ForecastFlags {
  readonly run?: string;
  readonly horizon?: number;
  readonly from?: string;
  readonly to?: string;
  readonly quantiles?: string;
  readonly out?: string;
}

/** @throws AppError `invalid-option` */
export function parseQuantiles(text: string): number[] {
  const levels = text.split(',').map(Number);
  if (levels.length === 0 || levels.some((level) => !(level > 0 && level < 1)))
    throw new AppError({
      code: 'invalid-option',
      message: `--quantiles takes levels between 0 and 1, such as 0.1,0.5,0.9, not "${text}".`,
    });
  return [...new Set(levels)].sort((a, b) => a - b);
}

function outFormat<F extends string>(option: string, file: string, formats: readonly F[]): F {
  const format = formats.find((entry) => file.toLowerCase().endsWith(`.${entry}`));
  if (format === undefined)
    throw new AppError({
      code: 'invalid-option',
      message: `${option} takes a file that ends with ${formats.map((entry) => `.${entry}`).join(' or ')}, not "${file}".`,
    });
  return format;
}

export async function forecast(
  session: Session,
  nameOrFile: string,
  flags: ForecastFlags,
  options: ImportOptions,
): Promise<number> {
  const format = flags.out === undefined ? null : outFormat('--out', flags.out, ['csv', 'parquet'] as const);
  const quantiles = flags.quantiles === undefined ? undefined : parseQuantiles(flags.quantiles);
  const { dataset, version } = await resolveDataset(session, nameOrFile, options);
  const made = await session.api.call('forecasts.create', {
    dataset,
    version,
    ...(flags.run === undefined ? {} : { runId: flags.run }),
    ...(flags.horizon === undefined ? {} : { horizon: flags.horizon }),
    ...(flags.from === undefined ? {} : { from: flags.from }),
    ...(flags.to === undefined ? {} : { to: flags.to }),
    ...(quantiles === undefined ? {} : { quantiles }),
  });
  const file =
    format === null
      ? null
      : (await session.api.call('forecasts.export', { id: made.id, format, out: path.resolve(flags.out!) }))
          .file;
  if (session.flags.json === true) {
    const { runId, levels, rows } = made;
    printJson({
      runId,
      levels,
      rows,
      id: made.id,
      dataset: made.dataset,
      datasetVersion: made.datasetVersion,
      target: made.target,
      unit: made.unit,
      timezone: made.timezone,
      stamps: made.stamps,
      frequency: made.frequency,
      origin: new Date(made.origin).toISOString(),
      device: made.device,
      warnings: made.warnings,
      ...(file === null ? {} : { file }),
    });
    return 0;
  }
  for (const warning of made.warnings) print(`! ${warning.message}`);
  if (file === null)
    printTable(
      ['time', ...made.levels.map((level) => `${level * 100} %`)],
      made.rows.map((row) => [
        row.timestamp,
        ...made.levels.map((level) => figure(row.quantiles[String(level)], 5)),
      ]),
    );
  else
    print(
      `${made.rows.length} steps of ${made.target}${made.unit === null ? '' : ` (${made.unit})`} by ${made.recipe}: ${file}`,
    );
  return 0;
}

export async function report(
  session: Session,
  ids: readonly string[],
  out: string,
  language: 'en' | 'es',
): Promise<number> {
  const format = outFormat('--out', out, ['html', 'pdf'] as const);
  const made = await session.api.call('reports.create', {
    runIds: [...ids],
    format,
    language,
    out: path.resolve(out),
  });
  if (session.flags.json === true) printJson(made);
  else print(`${made.file} (${made.bytes.toLocaleString('en')} bytes)`);
  return 0;
}
