/** @file Which encoding a file of text is in. Byte order mark, then valid UTF-8, then zero bytes (UTF-16), then statistics. */
import { isUtf8 } from 'node:buffer';
import chardet from 'chardet';
import iconv from 'iconv-lite';
import { AppError } from '../../../src-preload/contract/index.ts';

export interface FoundEncoding {
  /** as iconv knows it, lower case */
  readonly name: string;
  readonly bomBytes: number;
}

const marks: readonly { readonly name: string; readonly bytes: readonly number[] }[] = [
  { name: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { name: 'utf-32le', bytes: [0xff, 0xfe, 0, 0] },
  { name: 'utf-16le', bytes: [0xff, 0xfe] },
  { name: 'utf-16be', bytes: [0xfe, 0xff] },
];

/**
 * @param head beginning of the file; may be cut inside a character
 * @param wanted encoding the user named
 * @throws AppError `unknown-encoding`
 */
export function detectEncoding(head: Buffer, wanted: string | undefined, file: string): FoundEncoding {
  const mark = marks.find(({ bytes }) => bytes.every((byte, i) => head[i] === byte));
  if (wanted !== undefined) {
    if (!iconv.encodingExists(wanted))
      throw new AppError({
        code: 'unknown-encoding',
        message: `There is no encoding '${wanted}'.`,
        hint: 'Use utf-8, windows-1252, utf-16le or another name that iconv knows; leave it out to have it detected.',
        place: { file },
      });
    const name = normalName(wanted);
    return { name, bomBytes: mark && mark.name === name ? mark.bytes.length : 0 };
  }
  if (mark) return { name: mark.name, bomBytes: mark.bytes.length };
  const wide = withoutMark(head);
  if (wide) return { name: wide, bomBytes: 0 };
  if (isUtf8(wholeCharacters(head))) return { name: 'utf-8', bomBytes: 0 };
  return { name: guessSingleByte(head), bomBytes: 0 };
}

function normalName(name: string): string {
  const lower = name.toLowerCase().replace(/_/g, '-');
  const known: Record<string, string> = {
    utf8: 'utf-8',
    latin1: 'windows-1252',
    'latin-1': 'windows-1252',
    'iso-8859-1': 'windows-1252',
    ascii: 'utf-8',
    'us-ascii': 'utf-8',
    cp1252: 'windows-1252',
    win1252: 'windows-1252',
    utf16le: 'utf-16le',
    'utf-16': 'utf-16le',
    ucs2: 'utf-16le',
    utf16be: 'utf-16be',
  };
  return known[lower] ?? lower;
}

/** A byte-oriented reader would trip over these: they are turned into UTF-8 first. */
export function isWide(encoding: string): boolean {
  return !/^(utf-8|windows-125\d|iso-?8859-?\d+|koi8-?[ru]|macintosh|mac\w+|cp(437|850|852|866|125\d))$/.test(
    encoding,
  );
}

/** ASCII written as UTF-16 has a zero byte in every pair. */
function withoutMark(head: Buffer): 'utf-16le' | 'utf-16be' | null {
  const pairs = Math.min(head.length >> 1, 2048);
  if (pairs < 2) return null;
  let even = 0;
  let odd = 0;
  for (let i = 0; i < pairs; i++) {
    if (head[2 * i] === 0) even++;
    if (head[2 * i + 1] === 0) odd++;
  }
  if (odd > 0.7 * pairs && even < 0.1 * pairs) return 'utf-16le';
  if (even > 0.7 * pairs && odd < 0.1 * pairs) return 'utf-16be';
  return null;
}

/** Without the rest of a character that the end of the head cut through. */
function wholeCharacters(head: Buffer): Buffer {
  let end = head.length;
  for (let back = 1; back <= 4 && back <= head.length; back++) {
    const byte = head[head.length - back];
    if (byte < 0x80) break;
    if (byte >= 0xc0) {
      const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      if (needs > back) end = head.length - back;
      break;
    }
  }
  return head.subarray(0, end);
}

/**
 * Bytes that are no UTF-8. Statistics on a few accented letters are shaky, so the Western code page is taken unless
 * another one is clearly likelier.
 */
export function guessSingleByte(bytes: Uint8Array): string {
  const guesses = chardet.analyse(bytes);
  const western = guesses.find((guess) => /^(ISO-8859-1|windows-1252)$/i.test(guess.name))?.confidence ?? 0;
  const best = guesses.find((guess) => iconv.encodingExists(guess.name) && !/^utf/i.test(guess.name));
  return best && best.confidence >= 50 && best.confidence >= western + 20
    ? normalName(best.name)
    : 'windows-1252';
}

export function textDecoder(encoding: string): (bytes: Uint8Array) => string {
  if (encoding === 'utf-8') {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    return (bytes) => decoder.decode(bytes);
  }
  return (bytes) => iconv.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), encoding);
}

/** Control characters that no table of text holds. */
export function looksBinary(head: Buffer): boolean {
  const sample = head.subarray(0, 65_536);
  let control = 0;
  for (const byte of sample)
    if (byte < 9 || (byte > 13 && byte < 32 && byte !== 26 && byte !== 27)) control++;
  return control > Math.max(2, sample.length / 1000);
}
