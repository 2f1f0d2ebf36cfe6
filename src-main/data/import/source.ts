/**
 * @file A file as a stream of bytes the scanner can read: gzip unpacked, UTF-16 and other wide encodings turned into
 * UTF-8, and every file that is no table of text refused with a word on what it is.
 */
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import iconv from 'iconv-lite';
import { AppError } from '../../../src-preload/contract/index.ts';
import { detectEncoding, isWide, looksBinary, textDecoder } from './encoding.ts';

export const HEAD_BYTES = 512 * 1024;
const CHUNK_BYTES = 1024 * 1024;

export interface Source {
  readonly file: string;
  /** on disk */
  readonly bytes: number;
  readonly modifiedMs: number;
  readonly kind: 'text' | 'parquet';
  readonly compression: 'none' | 'gzip';
  /** name as iconv knows it, lower case */
  readonly encoding: string;
  /** the beginning as the scanner will see it: unpacked, UTF-8 or a single-byte encoding, byte order mark taken off */
  readonly head: Buffer;
  /** the head is the whole file */
  readonly whole: boolean;
  /** text of bytes as {@link chunks} gives them */
  readonly decode: (bytes: Uint8Array) => string;
  /** From the beginning, byte order mark taken off; `fraction` is how much of the file on disk has been taken. */
  chunks(): AsyncGenerator<{ bytes: Buffer; fraction: number }>;
}

/**
 * @param encoding what the user says, else detected
 * @throws AppError `file-not-found`, `file-empty`, `not-a-file`, `not-a-table`, `binary-file`, `gzip-damaged`, `unknown-encoding`
 */
export async function openSource(file: string, encoding: string | undefined): Promise<Source> {
  const info = await stat(file).catch((cause: NodeJS.ErrnoException) => {
    const gone = cause.code === 'ENOENT';
    throw new AppError(
      {
        code: gone ? 'file-not-found' : 'file-unreadable',
        message: gone ? `There is no file ${file}.` : `${file} cannot be opened: ${cause.message}`,
        hint: gone ? 'Check the path and the spelling of the name.' : 'Check that you may read the file.',
        place: { file },
      },
      { cause },
    );
  });
  if (!info.isFile())
    throw new AppError({
      code: 'not-a-file',
      message: `${file} is not a file.`,
      hint: 'Give one file.',
      place: { file },
    });
  if (info.size === 0)
    throw new AppError({
      code: 'file-empty',
      message: `${file} is empty (0 bytes).`,
      hint: 'Export it again.',
      place: { file },
    });
  const magic = await firstBytes(file, 8);
  const compression = magic[0] === 0x1f && magic[1] === 0x8b ? 'gzip' : 'none';
  const base = { file, bytes: info.size, modifiedMs: info.mtimeMs, compression } as const;
  if (magic.toString('latin1', 0, 4) === 'PAR1')
    return {
      ...base,
      kind: 'parquet',
      encoding: '',
      head: magic,
      whole: false,
      decode: String,
      chunks: () => rawChunks(base),
    };
  refuseOtherFormats(magic, file);
  const { head: raw, whole } = await readHead(base);
  if (raw.length === 0)
    throw new AppError({
      code: 'file-empty',
      message: `${file} holds no data.`,
      hint: 'Export it again.',
      place: { file },
    });
  refuseOtherFormats(raw, file);
  const found = detectEncoding(raw, encoding, file);
  if (!isWide(found.name) && looksBinary(raw))
    throw new AppError({
      code: 'binary-file',
      message: `${file} is not a text file: it holds bytes that no text has.`,
      hint: 'Give a CSV, TSV or Parquet file. A spreadsheet must be saved as CSV first.',
      place: { file, line: 1 },
    });
  const wide = isWide(found.name);
  const decode = textDecoder(wide ? 'utf-8' : found.name);
  const trimmed = raw.subarray(found.bomBytes);
  return {
    ...base,
    kind: 'text',
    encoding: found.name,
    head: wide ? Buffer.from(iconv.decode(trimmed, found.name), 'utf8') : trimmed,
    whole,
    decode,
    chunks: () => textChunks(base, found.bomBytes, wide ? found.name : null),
  };
}

interface OnDisk {
  readonly file: string;
  readonly bytes: number;
  readonly compression: 'none' | 'gzip';
}

async function firstBytes(file: string, count: number): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const buffer = Buffer.alloc(count);
    const { bytesRead } = await handle.read(buffer, 0, count, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function readHead(disk: OnDisk): Promise<{ head: Buffer; whole: boolean }> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const { bytes } of rawChunks(disk)) {
    parts.push(Buffer.from(bytes)); // a copy: the chunk will be written over
    length += bytes.length;
    if (length > HEAD_BYTES) break;
  }
  const all = Buffer.concat(parts);
  // an even cut keeps two-byte characters whole
  return { head: all.subarray(0, HEAD_BYTES), whole: length <= HEAD_BYTES };
}

/** The bytes of one chunk are good until the next one is asked for. */
async function* rawChunks(disk: OnDisk): AsyncGenerator<{ bytes: Buffer; fraction: number }> {
  try {
    yield* disk.compression === 'gzip' ? unpackedChunks(disk) : plainChunks(disk);
  } catch (cause) {
    throw readError(cause, disk.file);
  }
}

/**
 * Read where it is needed, without a word to another thread: large files are hashed beside the parser, which has the system
 * read ahead of it, and handing every piece over costs more than it takes to copy it.
 */
function* plainChunks(disk: OnDisk): Generator<{ bytes: Buffer; fraction: number }> {
  const handle = openSync(disk.file, 'r');
  const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  try {
    for (let position = 0; ;) {
      const read = readSync(handle, buffer, 0, CHUNK_BYTES, position);
      if (read === 0) return;
      position += read;
      yield { bytes: buffer.subarray(0, read), fraction: Math.min(1, position / Math.max(1, disk.bytes)) };
    }
  } finally {
    closeSync(handle);
  }
}

async function* unpackedChunks(disk: OnDisk): AsyncGenerator<{ bytes: Buffer; fraction: number }> {
  const input = createReadStream(disk.file, { highWaterMark: CHUNK_BYTES });
  const stream = input.pipe(createGunzip({ chunkSize: CHUNK_BYTES }));
  input.on('error', (error) => stream.destroy(error));
  try {
    for await (const bytes of stream as AsyncIterable<Buffer>)
      yield { bytes, fraction: Math.min(1, input.bytesRead / Math.max(1, disk.bytes)) };
  } finally {
    input.destroy();
    stream.destroy();
  }
}

async function* textChunks(
  disk: OnDisk,
  bomBytes: number,
  encoding: string | null,
): AsyncGenerator<{ bytes: Buffer; fraction: number }> {
  const recoder = encoding === null ? null : recodeToUtf8(encoding);
  let skip = bomBytes;
  for await (const chunk of rawChunks(disk)) {
    const bytes = chunk.bytes.subarray(Math.min(skip, chunk.bytes.length));
    skip -= chunk.bytes.length - bytes.length;
    yield { bytes: recoder ? recoder.write(bytes) : bytes, fraction: chunk.fraction };
  }
  if (recoder) yield { bytes: recoder.end(), fraction: 1 };
}

function recodeToUtf8(encoding: string): { write(bytes: Buffer): Buffer; end(): Buffer } {
  const decoder = iconv.getDecoder(encoding);
  return {
    write: (bytes) => Buffer.from(decoder.write(bytes), 'utf8'),
    end: () => Buffer.from(decoder.end() ?? '', 'utf8'),
  };
}

function readError(cause: unknown, file: string): unknown {
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  if (!code.startsWith('Z_')) return cause;
  const cut = code === 'Z_BUF_ERROR';
  return new AppError(
    {
      code: cut ? 'gzip-truncated' : 'gzip-damaged',
      message: cut
        ? `${file} ends in the middle: the gzip data is cut off.`
        : `${file} cannot be unpacked: ${(cause as Error).message}.`,
      hint: 'Copy or download the file again, and unpack it to see whether it is whole.',
      place: { file },
    },
    { cause },
  );
}

const formats: readonly { readonly starts: string; readonly what: string; readonly hint: string }[] = [
  {
    starts: 'PK\u0003\u0004',
    what: 'a ZIP archive or an Excel workbook',
    hint: 'Save the sheet as CSV, or unpack the archive first.',
  },
  { starts: '\u00d0\u00cf\u0011\u00e0', what: 'an old Excel workbook', hint: 'Save the sheet as CSV.' },
  { starts: '%PDF', what: 'a PDF document', hint: 'Export the readings as CSV.' },
  { starts: '<?xml', what: 'an XML document', hint: 'Export the readings as CSV.' },
  {
    starts: '<!DO',
    what: 'a web page',
    hint: 'Download the data itself: this is often a page that asks to sign in.',
  },
  {
    starts: '<html',
    what: 'a web page',
    hint: 'Download the data itself: this is often a page that asks to sign in.',
  },
  { starts: '\u0089PNG', what: 'a picture', hint: 'Export the readings as CSV.' },
  { starts: 'SQLite format', what: 'a database', hint: 'Export the table as CSV.' },
  { starts: '7z\u00bc\u00af', what: 'a 7-Zip archive', hint: 'Unpack it first.' },
  { starts: '{"', what: 'a JSON document', hint: 'Export the readings as CSV.' },
];

function refuseOtherFormats(head: Buffer, file: string): void {
  const start = head.toString('latin1', 0, 16);
  const format = formats.find((known) => start.toLowerCase().startsWith(known.starts.toLowerCase()));
  if (format)
    throw new AppError({
      code: 'not-a-table',
      message: `${file} is ${format.what}, not a table of text.`,
      hint: format.hint,
      place: { file, line: 1 },
    });
}
