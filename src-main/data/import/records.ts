/** @file Text to records, for the head of a file and for odd files: quotes, doubled quotes, line breaks inside quotes. */

export interface TextRecord {
  readonly cells: readonly string[];
  /** 1-based physical line on which the record begins */
  readonly line: number;
  /** physical lines it spans */
  readonly lines: number;
}

/**
 * Splits text at a delimiter. A quote counts only at the beginning of a cell (or after `=`); one that is never closed is
 * read as an ordinary character.
 * @param complete false: the text is cut off, and a last record without its line end is left out
 */
export function splitRecords(
  text: string,
  delimiter: string,
  complete: boolean,
  limit = Infinity,
): TextRecord[] {
  const records: TextRecord[] = [];
  let cells: string[] = [];
  let at = 0;
  let line = 1;
  let startLine = 1;
  while (at < text.length && records.length < limit) {
    const cell = readCell(text, at, delimiter);
    cells.push(cell.content);
    line += cell.breaks;
    at = cell.end;
    if (at >= text.length) {
      if (complete) records.push({ cells, line: startLine, lines: line - startLine + 1 });
      break;
    }
    if (text.startsWith(delimiter, at)) {
      at += delimiter.length;
      if (at >= text.length) {
        cells.push('');
        if (complete) records.push({ cells, line: startLine, lines: 1 });
        cells = [];
      }
      continue;
    }
    at += text[at] === '\r' && text[at + 1] === '\n' ? 2 : 1;
    line++;
    records.push({ cells, line: startLine, lines: line - startLine });
    cells = [];
    startLine = line;
  }
  return records;
}

function readCell(
  text: string,
  from: number,
  delimiter: string,
): { content: string; end: number; breaks: number } {
  let at = from;
  while (text[at] === ' ' && delimiter !== ' ') at++;
  const escaped = text[at] === '=' && text[at + 1] === '"';
  const open = escaped ? at + 1 : at;
  if (text[open] === '"') {
    const close = closingQuote(text, open);
    const end = close < 0 ? -1 : afterQuote(text, close, delimiter);
    if (end >= 0) {
      const content = text.slice(open + 1, close).replaceAll('""', '"');
      return { content, end, breaks: (content.match(/\r\n|\n|\r/g) ?? []).length };
    }
  }
  let end = from;
  while (end < text.length && !text.startsWith(delimiter, end) && text[end] !== '\n' && text[end] !== '\r')
    end++;
  return { content: text.slice(from, end), end, breaks: 0 };
}

function closingQuote(text: string, open: number): number {
  for (let at = text.indexOf('"', open + 1); at >= 0; at = text.indexOf('"', at + 2))
    if (text[at + 1] !== '"') return at;
  return -1;
}

/** Where the cell ends after its closing quote: spaces may follow; -1 if anything else does. */
function afterQuote(text: string, close: number, delimiter: string): number {
  let at = close + 1;
  while (text[at] === ' ') at++;
  return at >= text.length || text.startsWith(delimiter, at) || text[at] === '\n' || text[at] === '\r'
    ? at
    : -1;
}
