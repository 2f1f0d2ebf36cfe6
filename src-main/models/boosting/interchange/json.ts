/**
 * @file JSON of model files. One pass over the bytes before parsing bounds nesting and the number of lists, objects and
 * keys, and finds the `NaN` and `Infinity` that XGBoost writes though JSON has no such numbers.
 */
import { badModelFile, maxBytes, maxContainers, maxKeys, maxNesting } from './model-file.ts';
import type { ModelFileInput } from './model-file.ts';

const code = (text: string): number => text.charCodeAt(0);
const quote = code('"');
const backslash = code('\\');
const opening = [code('{'), code('[')];
const closing = [code('}'), code(']')];
const colon = code(':');
const letterN = code('N');
const letterI = code('I');

/** @throws AppError `model-file` with the line of the first mistake */
export function parseJson({ bytes, file }: ModelFileInput): unknown {
  if (bytes.length > maxBytes)
    throw badModelFile(
      file,
      `it has ${bytes.length} bytes, at most ${maxBytes} are read`,
      {},
      'Train a smaller model.',
    );
  const odd = scan(bytes, file);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw badModelFile(file, `its text is not UTF-8 (${(cause as Error).message})`);
  }
  if (odd)
    text = text.replace(/"(?:[^"\\]|\\.)*"|NaN|Infinity/g, (token) =>
      token === 'NaN' ? 'null' : token === 'Infinity' ? '1e999' : token,
    );
  try {
    return JSON.parse(text);
  } catch (cause) {
    const at = /position (\d+)/.exec((cause as Error).message)?.[1];
    const offset = at === undefined ? text.length : Number(at);
    const line = text.slice(0, offset).split('\n').length;
    const end = offset >= text.trimEnd().length ? 'the text ends too early' : 'this is not JSON';
    throw badModelFile(file, `${end} at character ${offset}`, { line });
  }
}

/** @returns whether a NaN or Infinity may stand outside of texts */
function scan(bytes: Uint8Array, file: string): boolean {
  let depth = 0;
  let containers = 0;
  let keys = 0;
  let odd = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === quote) {
      for (i++; i < bytes.length && bytes[i] !== quote; i++) if (bytes[i] === backslash) i++;
    } else if (byte === opening[0] || byte === opening[1]) {
      depth++;
      containers++;
      if (depth > maxNesting)
        throw badModelFile(file, `lists and objects are nested deeper than ${maxNesting} at byte ${i}`);
      if (containers > maxContainers)
        throw badModelFile(file, `it has more than ${maxContainers} lists and objects`);
    } else if (byte === closing[0] || byte === closing[1]) depth--;
    else if (byte === colon) {
      keys++;
      if (keys > maxKeys) throw badModelFile(file, `it has more than ${maxKeys} keys`);
    } else if (byte === letterN || byte === letterI) odd = true;
  }
  return odd;
}
