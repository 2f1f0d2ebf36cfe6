/** @file `voltcast models …`: the files of models. */
import path from 'node:path';
import type {
  EvaluatedModel,
  ExportFormat,
  ImportFormat,
  ImportedModel,
} from '../../../src-preload/contract/index.ts';
import type { Session } from '../context.ts';
import { figure, percent, print, printJson, printTable, stamp } from '../output.ts';

const bytes = (count: number): string => `${count.toLocaleString('en')} bytes`;

export async function exportModel(
  session: Session,
  id: string,
  flags: { readonly out?: string; readonly format?: ExportFormat; readonly features?: string },
): Promise<number> {
  const made = await session.api.call('models.export', {
    id,
    ...(flags.format === undefined ? {} : { format: flags.format }),
    ...(flags.out === undefined ? {} : { out: path.resolve(flags.out) }),
    ...(flags.features === undefined ? {} : { features: path.resolve(flags.features) }),
  });
  if (session.flags.json === true) printJson(made);
  else {
    print(`${made.file} (${bytes(made.bytes)})`);
    if (made.features !== null) print(made.features);
    for (const note of made.notes) print(`! ${note}`);
  }
  return 0;
}

export async function importModel(
  session: Session,
  file: string,
  flags: { readonly format?: ImportFormat | 'auto'; readonly name?: string },
): Promise<number> {
  const model = await session.api.call('models.import', {
    file: path.resolve(file),
    ...(flags.format === undefined || flags.format === 'auto' ? {} : { format: flags.format }),
    ...(flags.name === undefined ? {} : { name: flags.name }),
  });
  if (session.flags.json === true) printJson(model);
  else {
    print(`${model.name}: ${model.trees} trees of ${model.library}, ${model.objective}`);
    print(`reads ${model.features.map(({ name }) => name).join(', ')}`);
    print(`Try it: voltcast models evaluate "${model.name}" --dataset NAME`);
  }
  return 0;
}

export async function listImported(session: Session): Promise<number> {
  const models = await session.api.call('models.imported', {});
  if (session.flags.json === true) printJson({ models });
  else if (models.length === 0) print('No imported models. Import one: voltcast models import FILE');
  else
    printTable(
      ['name', 'library', 'objective', 'trees', 'features', 'from', 'imported'],
      models.map((model: ImportedModel) => [
        model.name,
        model.library,
        model.objective,
        model.trees,
        model.features.length,
        model.source.format,
        stamp(model.importedAt),
      ]),
    );
  return 0;
}

export async function removeModel(session: Session, name: string): Promise<number> {
  await session.api.call('models.remove', { name });
  if (session.flags.json === true) printJson({ ok: true });
  else print(`${name} is removed.`);
  return 0;
}

export async function convertModel(
  session: Session,
  file: string,
  out: string,
  flags: {
    readonly from?: ImportFormat | 'auto';
    readonly to?: Exclude<ExportFormat, 'voltcast' | 'chronos'>;
  },
): Promise<number> {
  const made = await session.api.call('models.convert', {
    file: path.resolve(file),
    out: path.resolve(out),
    ...(flags.from === undefined || flags.from === 'auto' ? {} : { from: flags.from }),
    ...(flags.to === undefined ? {} : { to: flags.to }),
  });
  if (session.flags.json === true) printJson(made);
  else print(`${made.file} (${made.from} → ${made.to}, ${bytes(made.bytes)})`);
  return 0;
}

export async function evaluateImported(
  session: Session,
  name: string,
  flags: {
    readonly dataset?: string;
    readonly run?: string;
    readonly target?: string;
    readonly out?: string;
  },
): Promise<number> {
  const result = await session.api.call('models.evaluate', {
    name,
    ...(flags.dataset === undefined ? {} : { dataset: flags.dataset }),
    ...(flags.run === undefined ? {} : { runId: flags.run }),
    ...(flags.target === undefined ? {} : { target: flags.target }),
    ...(flags.out === undefined ? {} : { out: path.resolve(flags.out) }),
  });
  if (session.flags.json === true) printJson(result);
  else printEvaluation(result);
  return 0;
}

function printEvaluation(result: EvaluatedModel): void {
  const { metrics, runMetrics } = result;
  const row = (label: string, of: typeof metrics): (string | null)[] => [
    label,
    figure(of.mae),
    figure(of.rmse),
    percent(of.wape),
    figure(of.r2),
  ];
  printTable(
    ['', 'MAE', 'RMSE', 'WAPE', 'R²'],
    [row(result.name, metrics), ...(runMetrics === null ? [] : [row('the run itself', runMetrics)])],
  );
  print(`over ${result.rows.toLocaleString('en')} rows`);
  print('! Rows that the model was trained on elsewhere make these figures look better than they are.');
  if (result.file !== null) print(result.file);
}
