import { parse } from 'csv-parse/sync';
import { malformedCsv } from './certificate-problems';

const COLUMNS = [
  'provider',
  'game',
  'version',
  'originalVersion',
  'market',
  'certificate',
  'laboratory',
  'digest',
  'validFrom',
  'validTo',
  'rtp',
] as const;

/**
 * The lines of a CSV (RFC 4180, UTF-8, a first line of column names) as the fields of an import, still to be checked.
 * An empty cell is an absent field.
 *
 * @throws ProblemException when it is no CSV, or has columns that a certificate has not
 */
export function certificatesOfCsv(text: string): Record<string, unknown>[] {
  const rows = rowsOf(text);
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row)
        .filter(([, cell]) => cell !== '')
        .map(([column, cell]) => [column, column === 'rtp' ? numberOf(cell) : cell]),
    ),
  );
}

function rowsOf(text: string): Record<string, string>[] {
  try {
    return parse(text, { bom: true, trim: true, skip_empty_lines: true, columns: knownColumns });
  } catch (error) {
    throw malformedCsv((error as Error).message);
  }
}

function knownColumns(names: readonly string[]): string[] {
  const unknown = names.filter((name) => !COLUMNS.some((column) => column === name));
  if (unknown.length > 0) throw new Error(`There is no column ${unknown.join(', ')}.`);
  return [...names];
}

/** What is no number stays as it is, and is refused where it is checked. */
function numberOf(cell: string): number | string {
  return Number.isNaN(Number(cell)) ? cell : Number(cell);
}
