/** @file What stops an import, with what to do about it: open questions, no common step, no readings. */
import { AppError } from '../../src-preload/contract/index.ts';
import type { ImportPreview, Warning } from '../../src-preload/contract/index.ts';
import type { ImportResult } from './import-job.ts';

/** `dateOrder` → `--date-order` */
const flag = (option: string): string =>
  `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** @throws AppError `import-question` that names the option and the answers */
export function requireAnswers(preview: ImportPreview): void {
  const open = preview.questions.filter((question) => question.blocking);
  if (open.length === 0) return;
  const ways = open.map(({ option, choices }) => {
    const values = choices.slice(0, 6).map((choice) => choice.value);
    return `${flag(option)} ${values.length === 0 ? option.toUpperCase() : values.join(' | ')}`;
  });
  throw new AppError({
    code: 'import-question',
    message: open.map((question) => question.message).join(' '),
    hint: `Answer with ${ways.join(' and ')}.`,
    place: { file: preview.file, key: open[0].option },
    details: { questions: open },
  });
}

/** Questions that had a sensible answer and got it: the dataset keeps what was assumed, and how to say otherwise. */
export function assumptions(preview: ImportPreview): Warning[] {
  return preview.questions
    .filter((question) => !question.blocking)
    .map(({ code, message, option, choices }) => ({
      code,
      message,
      hint: `Import again with ${flag(option)} to say otherwise.`,
      details: { choices: choices.map((choice) => choice.value) },
    }));
}

/** @throws AppError `irregular-timestamps`, `no-readings` */
export function requireTable({ preview, contentHash }: ImportResult): void {
  const why = preview.warnings.find((warning) => warning.code === 'irregular' || warning.code === 'monthly');
  if (why !== undefined)
    throw new AppError({
      code: 'irregular-timestamps',
      message: why.message,
      hint: why.hint,
      place: { file: preview.file },
    });
  if (contentHash !== null && preview.profile !== null && preview.frequency !== null) return;
  throw new AppError({
    code: 'no-readings',
    message: `${preview.file} holds ${preview.rows === 0 ? 'no row with a readable stamp' : 'too few rows to find their step'}.`,
    hint: 'A dataset needs at least two rows with different stamps.',
    place: { file: preview.file },
  });
}
