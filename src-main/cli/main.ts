#!/usr/bin/env node
/** @file The command line. Every command is a few calls of the same API the window uses. */
import path from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { AppError, exportFormats, importFormats } from '../../src-preload/contract/index.ts';
import type { ImportOptions } from '../../src-preload/contract/index.ts';
import { fail, runCommand, wholeNumber } from './context.ts';
import type { GlobalFlags, Session } from './context.ts';
import { demo } from './commands/demo.ts';
import { ensemble } from './commands/ensemble.ts';
import type { EnsembleFlags } from './commands/ensemble.ts';
import { explainRun } from './commands/explain.ts';
import { datasets, importFiles } from './commands/import.ts';
import { addModel, showLibrary } from './commands/models-library.ts';
import type { AddFlags } from './commands/models-library.ts';
import {
  convertModel,
  evaluateImported,
  exportModel,
  importModel,
  listImported,
  removeModel,
} from './commands/models.ts';
import { forecast, report } from './commands/outputs.ts';
import type { ForecastFlags } from './commands/outputs.ts';
import { listRecipes, showRecipe, showSchema } from './commands/recipes.ts';
import {
  cancelRun,
  compareRuns,
  listModels,
  listRuns,
  promoteModel,
  rerunRun,
  resumeRun,
  showLogs,
  showRun,
} from './commands/runs.ts';
import { doctor, serve } from './commands/system.ts';
import { train } from './commands/train.ts';
import type { TrainFlags } from './commands/train.ts';
import { appVersion } from './version.ts';

const steps = (option: string) => (text: string) => {
  try {
    return wholeNumber(option, text);
  } catch (thrown) {
    throw new InvalidArgumentError(thrown instanceof Error ? thrown.message : String(thrown));
  }
};
const collect = (text: string, sofar: string[]): string[] => [...sofar, text];

interface ImportFlags {
  readonly name?: string;
  readonly timestamp?: string[];
  readonly target?: string;
  readonly timezone?: string;
  readonly dateOrder?: ImportOptions['dateOrder'];
  readonly stamps?: ImportOptions['stamps'];
  readonly delimiter?: string;
  readonly decimal?: ImportOptions['decimal'];
  readonly encoding?: string;
  readonly layout?: ImportOptions['layout'];
  readonly series?: string;
  readonly repairs?: string;
}

/** The options that say how a file is to be read, for every command that takes a file. */
function withImportOptions(command: Command): Command {
  return command
    .option('--name <name>', 'name of the dataset (default: the file name)')
    .option(
      '--timestamp <column>',
      'timestamp column; twice for a date and a time column',
      collect,
      [] as string[],
    )
    .option('--target <column>', 'column to forecast')
    .option('--timezone <zone>', 'time zone of the stamps, e.g. Europe/Madrid')
    .addOption(
      new Option('--date-order <order>', 'order of day, month and year').choices(['dmy', 'mdy', 'ymd']),
    )
    .addOption(
      new Option('--stamps <end>', 'which end of its interval a stamp marks').choices([
        'beginning',
        'ending',
      ]),
    )
    .option('--delimiter <character>', 'column delimiter')
    .addOption(new Option('--decimal <character>', 'decimal sign').choices(['.', ',']))
    .option('--encoding <name>', 'text encoding, e.g. utf-8, windows-1252')
    .addOption(new Option('--layout <layout>', 'shape of the table').choices(['plain', 'long', 'wide-days']))
    .option('--series <column>', 'long form: column that names the series')
    .option('--repairs <codes>', 'recommended, none, or codes separated by commas');
}

function importOptions(flags: ImportFlags): ImportOptions {
  const {
    name,
    timestamp,
    target,
    timezone,
    dateOrder,
    stamps,
    delimiter,
    decimal,
    encoding,
    layout,
    series,
    repairs,
  } = flags;
  const given = {
    name,
    target,
    timezone,
    dateOrder,
    stamps,
    delimiter,
    decimal,
    encoding,
    layout,
    series,
    timestamp: timestamp === undefined || timestamp.length === 0 ? undefined : timestamp,
    repairs:
      repairs === undefined || repairs === 'recommended' || repairs === 'none' ? repairs : repairs.split(','),
  };
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as ImportOptions;
}

const program = new Command('voltcast')
  .description('Forecast and explain electrical load on your own workstation.')
  .version(appVersion())
  .option('--json', 'print one JSON document and nothing else')
  .option('--workspace <folder>', 'folder of the history, datasets and models')
  .option('--models <folder>', 'folder of the foundation models')
  .showHelpAfterError()
  .exitOverride();

/** The two options that every command takes may stand before or after its name. */
function add(name: string, description: string, parent: Command = program): Command {
  return parent
    .command(name)
    .description(description)
    .option('--json', 'print one JSON document and nothing else')
    .option('--workspace <folder>', 'folder of the history, datasets and models')
    .option('--models <folder>', 'folder of the foundation models');
}
const flagsOf = (command: Command): GlobalFlags => command.optsWithGlobals<GlobalFlags>();

/** Runs a command's body over a workspace; the body gets the command's positional arguments. */
const reads = (body: (session: Session, command: Command) => Promise<number>) => act('read', body);
const changes = (body: (session: Session, command: Command) => Promise<number>) => act('write', body);
function act(access: 'read' | 'write', body: (session: Session, command: Command) => Promise<number>) {
  return (...args: unknown[]): Promise<void> => {
    const command = args.at(-1) as Command;
    return runCommand(flagsOf(command), access, (session) => body(session, command));
  };
}
const first = (command: Command): string => command.processedArgs[0] as string;
const list = (command: Command): string[] => command.processedArgs[0] as string[];

withImportOptions(add('import <file...>', 'import CSV, TSV or Parquet files')).action(
  changes((session, command) =>
    importFiles(session, list(command), importOptions(command.opts<ImportFlags>())),
  ),
);
add('datasets', 'list the datasets').action(reads((session) => datasets(session)));

const recipes = add('recipes', 'list the recipes').action(reads((session) => listRecipes(session)));
add('show <name>', 'print a recipe', recipes).action(
  reads((session, command) => showRecipe(session, first(command))),
);
add('schema', 'print the JSON schema of recipes', recipes).action(reads((session) => showSchema(session)));

withImportOptions(add('train <dataset|file>', 'train models and compare them on one backtest'))
  .option('--recipe <name|path>', 'recipe to run; may be given again', collect, [] as string[])
  .option('--portfolio', 'every model that suits the data (default without --recipe)')
  .option('--thorough', 'with --portfolio: also train Chronos-2 further on the data, after the others')
  .option('--set <key=value>', 'change a value of the recipe; may be given again', collect, [] as string[])
  .option('--horizon <steps>', 'steps ahead', steps('--horizon'))
  .option('--test <share|date>', 'share of the rows kept for the backtest, or its first day')
  .option('--experiment <name>', 'group of runs (default: the dataset)')
  .action(
    changes((session, command) =>
      train(session, first(command), command.opts<TrainFlags>(), importOptions(command.opts<ImportFlags>())),
    ),
  );

add('ensemble [experiment|id...]', 'train an ensemble of the best runs (default: of the newest experiment)')
  .option('--best <n>', 'how many runs (default: 3)', steps('--best'))
  .addOption(
    new Option('--metric <name>', 'by which the best are chosen (default: mae)').choices([
      'mae',
      'rmse',
      'wape',
      'mase',
      'wql',
    ]),
  )
  .addOption(
    new Option('--combiner <type>', 'what joins them (default: ridge)').choices(['ridge', 'lightgbm']),
  )
  .action(changes((session, command) => ensemble(session, list(command), command.opts<EnsembleFlags>())));

const runs = add('runs', 'list the runs')
  .option('--experiment <name>')
  .option('--dataset <name>')
  .option('--limit <n>', 'at most so many', steps('--limit'))
  .action(
    reads((session, command) => {
      const { experiment, dataset, limit } = command.opts<{
        experiment?: string;
        dataset?: string;
        limit?: number;
      }>();
      return listRuns(session, {
        ...(experiment === undefined ? {} : { experiment }),
        ...(dataset === undefined ? {} : { dataset }),
        ...(limit === undefined ? {} : { limit }),
      });
    }),
  );
add('show <id>', 'steps, metrics and errors of a run', runs).action(
  reads((session, command) => showRun(session, first(command))),
);
add('logs <id>', 'log of a run', runs).action(reads((session, command) => showLogs(session, first(command))));
add('explain <id>', 'what drives the model of a run: contributions, shuffling, gain', runs)
  .option('--at <time>', 'why it predicted this local time of the backtest, e.g. "2018-12-31 18:45"')
  .action(reads((session, command) => explainRun(session, first(command), command.opts<{ at?: string }>())));
add('cancel <id>', 'cancel a queued or interrupted run', runs).action(
  changes((session, command) => cancelRun(session, first(command))),
);
add('resume <id>', 'go on from the last completed step', runs).action(
  changes((session, command) => resumeRun(session, first(command))),
);
add('rerun <id>', 'run again, reusing unchanged steps', runs)
  .option('--recipe <path>', 'edited recipe')
  .action(
    changes((session, command) =>
      rerunRun(session, first(command), command.opts<{ recipe?: string }>().recipe),
    ),
  );

add('compare <id...>', 'compare runs side by side').action(
  reads((session, command) => compareRuns(session, list(command))),
);

const models = add('models', 'list experiments and their champions').action(
  reads((session) => listModels(session)),
);
add('promote <id>', 'make a run the champion of its experiment', models).action(
  changes((session, command) => promoteModel(session, first(command))),
);
add('export <id|name>', 'write the model of a run, or an imported one, to a file', models)
  .addOption(new Option('--format <format>', 'default: voltcast').choices(exportFormats))
  .option('--out <file>', 'with the format chronos: a folder, or a .tar or .tar.gz file')
  .option(
    '--features <file>',
    'also write the rows of the backtest as the model sees them, to this .csv file',
  )
  .action(reads((session, command) => exportModel(session, first(command), command.opts())));
add('import <file>', 'import a model of XGBoost, LightGBM or CatBoost', models)
  .addOption(new Option('--format <format>').choices(['auto', ...importFormats]).default('auto'))
  .option('--name <name>', "default: the file's name")
  .action(changes((session, command) => importModel(session, first(command), command.opts())));
add('imported', 'list the imported models', models).action(reads((session) => listImported(session)));
add('library', 'list the foundation models: built in, added, and those of the hub', models).action(
  reads((session) => showLibrary(session)),
);
add('add <name|folder|archive>', 'add a foundation model, e.g. amazon/chronos-2', models)
  .option('--accept-license', 'accept a licence that may forbid some uses')
  .option('--name <name>', 'of a model from a folder or an archive')
  .option('--proxy <url>', 'proxy to the hub (default: the settings, then HTTPS_PROXY)')
  .option('--mirror <url>', 'mirror of the hub (default: the settings, then HF_ENDPOINT)')
  .action(reads((session, command) => addModel(session, first(command), command.opts<AddFlags>())));
add('remove <name>', 'remove an imported model, or a foundation model', models).action(
  // foundation models lie outside of the workspace: one goes although a window has the workspace open
  reads((session, command) => removeModel(session, first(command))),
);
add('evaluate <name>', 'what an imported model predicts on a dataset, or on the backtest of a run', models)
  .option('--dataset <name>', 'its rows, by the columns that the model knows')
  .option('--run <id>', 'its backtest, by the features that Voltcast makes')
  .option('--target <column>', "column that is predicted (default: the dataset's target)")
  .option('--out <file>', 'write the predictions to this .csv file')
  .action(reads((session, command) => evaluateImported(session, first(command), command.opts())));
add('convert <in> <out>', 'write a model file in the format of another library', models)
  .addOption(new Option('--from <format>').choices(['auto', ...importFormats]).default('auto'))
  .addOption(new Option('--to <format>', 'default: by the ending of OUT').choices([...importFormats, 'onnx']))
  .action(
    reads((session, command) =>
      convertModel(session, first(command), command.processedArgs[1] as string, command.opts()),
    ),
  );

withImportOptions(add('forecast <dataset|file>', 'forecast with the champion, or any run'))
  .option('--run <id>', 'run whose model forecasts (default: the champion)')
  .option('--horizon <steps>', 'steps ahead', steps('--horizon'))
  .option('--from <time>', 'first local time to forecast')
  .option('--to <time>', 'last local time to forecast')
  .option('--quantiles <levels>', 'levels, e.g. 0.1,0.5,0.9')
  .option('--out <file>', 'write to a .csv or .parquet file')
  .action(
    changes((session, command) =>
      forecast(
        session,
        first(command),
        command.opts<ForecastFlags>(),
        importOptions(command.opts<ImportFlags>()),
      ),
    ),
  );

add('report <id...>', 'write a report on runs')
  .requiredOption('--out <file>', 'an .html or .pdf file')
  .addOption(new Option('--language <code>').choices(['en', 'es']).default('en'))
  .action(
    changes((session, command) => {
      const { out, language } = command.opts<{ out: string; language: 'en' | 'es' }>();
      return report(session, list(command), out, language);
    }),
  );

add('serve', 'open the app in a browser')
  .option('--port <n>', 'port on 127.0.0.1 (default: any free one)', steps('--port'))
  .option('--open', 'open the default browser')
  .option('--no-open', 'only print the address')
  .action((_flags: unknown, command: Command) => {
    const { port, open } = command.opts<{ port?: number; open?: boolean }>();
    return serve(flagsOf(command), { port: port ?? 0, open: open ?? false });
  });
add('doctor', 'check the workspace, the disk and the devices').action(reads((session) => doctor(session)));
add('demo', 'run the whole path on the sample')
  .option('--out <folder>', 'where the forecast and the report go', 'voltcast-demo')
  .action((_flags: unknown, command: Command) => {
    const folder = path.resolve(command.opts<{ out: string }>().out);
    const flags = flagsOf(command);
    return runCommand(
      { ...flags, workspace: flags.workspace ?? path.join(folder, 'workspace') },
      'write',
      (session) => demo(session, folder),
    );
  });

try {
  await program.parseAsync();
} catch (thrown) {
  const usage = thrown as { code?: string; exitCode?: number; message?: string };
  const isUsage = typeof usage.code === 'string' && usage.code.startsWith('commander.');
  if (!isUsage) fail({ json: process.argv.includes('--json') }, thrown);
  else {
    // commander has printed help or the complaint on stderr; programs get theirs as JSON too
    process.exitCode = usage.exitCode === 0 ? 0 : 2;
    if (process.exitCode !== 0 && process.argv.includes('--json'))
      fail(
        { json: true },
        new AppError({
          code: 'invalid-option',
          message: (usage.message ?? 'invalid usage').replace(/^error: /, ''),
        }),
      );
  }
}
