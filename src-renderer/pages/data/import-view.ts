/** @file What the import dialog shows, worked out from the preview. Pure. */
import type {
  ColumnInfo,
  FileFormat,
  ImportOptions,
  ImportPreview,
  ImportQuestion,
  RepairCode,
  Warning,
} from '../../../src-preload/contract/index.ts';
import { repairCodes } from '../../../src-preload/contract/dataset.ts';

/** A fact of the file: its translation key, and its value as it is (`value`) or as a word to translate (`word`). */
export interface FormatFact {
  readonly key: string;
  readonly value?: string;
  readonly word?: string;
}

const delimiterNames: Readonly<Record<string, string>> = {
  ',': 'comma',
  ';': 'semicolon',
  '\t': 'tab',
  '|': 'pipe',
  ' ': 'space',
};

/** What was recognised about the file, ordinary things left out: nobody needs to read that there is no preamble. */
export function formatFacts(format: FileFormat): readonly FormatFact[] {
  const facts: FormatFact[] = [];
  if (format.kind === 'parquet') return [{ key: 'kind', value: 'Parquet' }];
  facts.push({
    key: 'kind',
    value: `${format.delimiter === '\t' ? 'TSV' : 'CSV'}${format.compression === 'gzip' ? ' · gzip' : ''}`,
  });
  facts.push({ key: 'encoding', value: format.encoding });
  const delimiter = delimiterNames[format.delimiter];
  facts.push({ key: 'delimiter', ...(delimiter ? { word: delimiter } : { value: format.delimiter }) });
  facts.push({ key: 'decimal', word: format.decimal === ',' ? 'comma' : 'point' });
  if (format.thousands) facts.push({ key: 'thousands', value: format.thousands });
  if (format.dateFormat) facts.push({ key: 'dates', value: format.dateFormat });
  if (format.layout !== 'plain') facts.push({ key: 'layout', word: format.layout });
  if (!format.header) facts.push({ key: 'header' });
  if (format.unitsRow) facts.push({ key: 'units' });
  if (format.preambleLines > 0) facts.push({ key: 'preamble', value: String(format.preambleLines) });
  if (format.footerLines > 0) facts.push({ key: 'footer', value: String(format.footerLines) });
  return facts;
}

/** One proof that columns give the target away: alone, or several together. */
export interface LeakageProof {
  readonly columns: readonly string[];
  readonly r2: number;
  readonly message: string;
}

/** The proofs, the strongest first; two columns that do it together are one proof and not two. */
export function leakageProofs(columns: readonly ColumnInfo[]): readonly LeakageProof[] {
  const proofs = new Map<string, LeakageProof>();
  for (const { name, leakage } of columns) {
    if (!leakage) continue;
    const together = [name, ...leakage.with].toSorted();
    const key = together.join('\n');
    if (!proofs.has(key)) proofs.set(key, { columns: together, r2: leakage.r2, message: leakage.message });
  }
  return [...proofs.values()].toSorted((a, b) => b.r2 - a.r2);
}

/** Rounded down to four decimals: a nearly perfect fit must not read as a perfect one. */
export const shownR2 = (r2: number): number => Math.floor(r2 * 10_000 + 1e-9) / 10_000;

/** How many columns give the target away. */
export const leakingCount = (columns: readonly ColumnInfo[]): number =>
  columns.filter((column) => column.leakage !== null).length;

/** Leakage is shown with its proof elsewhere, so it is not said twice. */
export const otherWarnings = (
  warnings: readonly Warning[],
  columns: readonly ColumnInfo[],
): readonly Warning[] =>
  columns.some((column) => column.leakage) ? warnings.filter((w) => w.code !== 'leakage') : warnings;

/** What a repair toggle sends: always the whole list, because a list replaces the recommendation. */
export function toggleRepair(preview: ImportPreview, code: RepairCode, on: boolean): ImportOptions {
  const applied = new Set(preview.repairs.filter((repair) => repair.applied).map((repair) => repair.code));
  if (on) applied.add(code);
  else applied.delete(code);
  return { repairs: repairCodes.filter((known) => applied.has(known)) };
}

const isRepairCode = (text: string): text is RepairCode => (repairCodes as readonly string[]).includes(text);

/** The options an answered question leads to. A question about a repair adds it or leaves it out. */
export function answerTo(question: ImportQuestion, value: string, preview: ImportPreview): ImportOptions {
  if (question.option !== 'repairs') return { [question.option]: value };
  if (isRepairCode(value)) return toggleRepair(preview, value, true);
  return isRepairCode(question.code) ? toggleRepair(preview, question.code, false) : { repairs: 'none' };
}

/** The answer given so far, as the value of one of the choices; null while there is none. */
export function answerGiven(
  question: ImportQuestion,
  options: ImportOptions,
  preview: ImportPreview,
): string | null {
  const given = (options as Readonly<Record<string, unknown>>)[question.option];
  const choices = choicesOf(question, preview);
  if (typeof given === 'string' && choices.some((choice) => choice.value === given)) return given;
  if (question.option === 'repairs' && Array.isArray(given)) {
    const chosen = question.choices.find((choice) => given.includes(choice.value));
    return chosen?.value ?? question.choices.find((choice) => !isRepairCode(choice.value))?.value ?? null;
  }
  if (question.blocking || given !== undefined) return null;
  // what is taken without an answer
  const taken = (preview as unknown as Readonly<Record<string, unknown>>)[question.option];
  return typeof taken === 'string' && choices.some((choice) => choice.value === taken) ? taken : null;
}

/** Columns that may be forecast: numbers that are no timestamp. Loads first, the rest in the order of the file. */
export const targetChoices = (columns: readonly ColumnInfo[]): readonly ColumnInfo[] =>
  columns
    .filter(
      (c) => c.type === 'number' && c.kind !== 'timestamp' && c.kind !== 'empty' && c.kind !== 'constant',
    )
    .toSorted((a, b) => Number(b.kind === 'load') - Number(a.kind === 'load'));

type Choice = ImportQuestion['choices'][number];

/** The choices of a question; where it names none, the columns of the file. */
export const choicesOf = (question: ImportQuestion, preview: ImportPreview): readonly Choice[] =>
  question.choices.length > 0
    ? question.choices
    : preview.sampleHeader.map((name) => ({ value: name, label: name }));

/** `label-follows-load` -> `Label follows load`, for a code that has no name of its own yet. */
export const nameOfCode = (code: string): string =>
  (code.charAt(0).toUpperCase() + code.slice(1)).replaceAll('-', ' ');

/** `Looking at the time axis` -> `looking-at-the-time-axis`, under which its translation stands. */
export const progressKey = (message: string): string =>
  message
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, '-')
    .replaceAll(/^-|-$/g, '');
