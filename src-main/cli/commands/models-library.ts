/** @file `voltcast models library` and `voltcast models add`: foundation models. */
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import pc from 'picocolors';
import { AppError } from '../../../src-preload/contract/index.ts';
import type { FoundationModel, Licence, ModelJob, Output } from '../../../src-preload/contract/index.ts';
import { isArchiveName } from '../../services/foundation/archive.ts';
import { parseHubName } from '../../services/foundation/names.ts';
import { isPathLike } from '../../services/foundation/open.ts';
import type { Session } from '../context.ts';
import { print, printError, printJson, printTable, stamp } from '../output.ts';

export interface AddFlags {
  readonly acceptLicense?: boolean;
  readonly name?: string;
  readonly proxy?: string;
  readonly mirror?: string;
}

const megabytes = (bytes: number): string =>
  bytes < 1e6
    ? `${Math.ceil(bytes / 1e3).toLocaleString('en')} kB`
    : `${Math.round(bytes / 1e6).toLocaleString('en')} MB`;

const licenceText = (licence: Licence | null): string => licence?.name ?? licence?.id ?? 'not said';

const sourceText = ({ builtIn, source }: FoundationModel): string =>
  builtIn ? 'built in' : source === null ? 'a folder' : `${source.from} ${source.name}`;

export async function showLibrary(session: Session): Promise<number> {
  const { folder, models, official, adding } = await session.api.call('models.library', {});
  if (session.flags.json === true) {
    printJson({ folder, models, official, adding });
    return 0;
  }
  if (models.length > 0)
    printTable(
      ['name', 'kind', 'size', 'licence', 'revision', 'from', 'added'],
      models.map((model) => [
        model.name,
        model.kind ?? pc.red(model.problem?.code ?? '?'),
        megabytes(model.bytes),
        model.licence === null ? null : licenceText(model.licence),
        model.commit === null ? model.revision : `${model.revision ?? ''} ${model.commit.slice(0, 8)}`,
        sourceText(model),
        model.addedAt === null ? null : stamp(model.addedAt),
      ]),
    );
  else print('No foundation model is here yet.');
  for (const { problem } of models) if (problem !== null) printError(problem);
  print(pc.dim(`in ${folder}`));
  const here = new Set(models.map(({ name }) => name));
  const more = official.filter(({ name }) => !here.has(name));
  if (more.length > 0) {
    print('\nTo be had: voltcast models add NAME');
    printTable(
      ['name', 'kind', 'parameters', 'about'],
      more.map(({ name, kind, parameters, bytes }) => [
        name,
        kind,
        `${parameters} million`,
        megabytes(bytes),
      ]),
    );
  }
  return 0;
}

export async function addModel(session: Session, what: string, flags: AddFlags): Promise<number> {
  const { proxy, mirror, name } = flags;
  const network = { ...(proxy === undefined ? {} : { proxy }), ...(mirror === undefined ? {} : { mirror }) };
  const isFile = isFileNamed(what);
  const acceptLicence = isFile || (await isAccepted(session, what, network, flags.acceptLicense === true));
  const job = `cli-${process.pid}`;
  const stop = followJob(session, job);
  // the first Ctrl-C gives up and keeps what has arrived; a second one ends the process
  const cancel = (): void => void session.app.foundation.cancel(job);
  process.once('SIGINT', cancel);
  process.once('SIGTERM', cancel);
  let added: Output<'models.add'>;
  try {
    added = await session.api.call('models.add', {
      ...(isFile
        ? { file: path.resolve(what), ...(name === undefined ? {} : { name }) }
        : { model: what, ...network }),
      acceptLicence,
      job,
    });
  } finally {
    process.off('SIGINT', cancel);
    process.off('SIGTERM', cancel);
    stop();
  }
  if (session.flags.json === true) printJson(added);
  else if (!added.added) print(`${added.name} is here already, unchanged (${added.folder})`);
  else {
    print(`${added.name}: ${added.kind}, ${megabytes(added.bytes)}, licence ${licenceText(added.licence)}`);
    print(`  ${added.folder}`);
    print(`Recipes name it so: checkpoint: ${added.name}`);
  }
  return 0;
}

/** A name of the hub may look like a path; what is written like a path, or is there, is one. */
function isFileNamed(what: string): boolean {
  if (isPathLike(what) || isArchiveName(what)) return true;
  return parseHubName(what) === null && fs.existsSync(what);
}

/** Shows the licence, and asks where it is not known to allow every use. */
async function isAccepted(
  session: Session,
  model: string,
  network: { readonly proxy?: string; readonly mirror?: string },
  accepted: boolean,
): Promise<boolean> {
  const offer = await session.api.call('models.lookup', { model, ...network });
  const { licence } = offer;
  const isForPeople = session.flags.json !== true;
  if (isForPeople && !offer.installed) {
    print(`${offer.name}: ${offer.kind}, ${megabytes(offer.bytes)}, commit ${offer.commit.slice(0, 8)}`);
    print(`  licence: ${licenceText(licence)}${licence.link === null ? '' : ` (${licence.link})`}`);
  }
  if (licence.permissive || accepted || offer.installed) return accepted;
  // without somebody to ask, the call itself says what is missing
  if (!isForPeople || !process.stdin.isTTY || !process.stdout.isTTY) return false;
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await lines.question(
      'This licence may forbid some uses. Have you read and do you accept it? [y/N] ',
    );
    if (/^y(es)?$/i.test(answer.trim())) return true;
  } finally {
    lines.close();
  }
  throw new AppError({ code: 'licence-not-accepted', message: 'Nothing was downloaded.' });
}

const phases: Readonly<Record<ModelJob['phase'], string>> = {
  asking: 'asking the hub',
  downloading: 'downloading',
  reading: 'reading',
  checking: 'checking',
  done: 'done',
  failed: '',
};

/** One line on a terminal, redrawn in place; on a pipe, nothing. */
function followJob(session: Session, job: string): () => void {
  const out = process.stderr;
  if (!out.isTTY || session.flags.json === true) return () => undefined;
  const stop = session.app.bus.on((event) => {
    if (event.type !== 'model-job' || event.job.job !== job) return;
    const { phase, bytes, totalBytes, bytesPerSecond, etaMs } = event.job;
    const parts = [
      totalBytes === null ? '' : `${Math.floor((100 * bytes) / Math.max(1, totalBytes))} %`,
      phases[phase],
      totalBytes === null ? '' : `${megabytes(bytes)} of ${megabytes(totalBytes)}`,
      bytesPerSecond === null ? '' : `${megabytes(bytesPerSecond)}/s`,
      etaMs === null ? '' : `${Math.ceil(etaMs / 1000)} s left`,
    ];
    out.write(`\r\u001b[2K${parts.filter(Boolean).join('  ')}`);
  });
  return () => {
    stop();
    out.write('\r\u001b[2K');
  };
}
