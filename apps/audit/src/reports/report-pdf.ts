import { buffer } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import type { ServiceInterval, ServiceReport } from '@croupier/contracts';
import PDFDocument from 'pdfkit';
import { certificateText } from './certificate-text';
import { overrideText } from './override-text';

type Document = InstanceType<typeof PDFDocument>;

const MARGIN = 48;
const FOOT = 40;
/** So that others are served while a long report is written: one takes 0.7 ms. */
const INTERVALS_A_TURN = 20;
/** What the standard fonts of PDF have of WinAnsi without a table of exceptions. */
const NOT_LATIN = /[^\x20-\x7e\u00a0-\u00ff]/gu;

/** The same report gives the same bytes. */
export async function reportPdf(report: ServiceReport): Promise<Buffer> {
  const { provider, game, madeAt } = report;
  const title = `Service report: ${provider}/${game}`;
  const document = new PDFDocument({
    ...{ size: 'A4', bufferPages: true, lang: 'en', displayTitle: true },
    margins: { top: MARGIN, left: MARGIN, right: MARGIN, bottom: MARGIN + FOOT },
    info: { Title: title, Creator: 'Croupier', Producer: 'Croupier', CreationDate: new Date(madeAt) },
  });
  const written = buffer(document);
  document.font('Helvetica-Bold').fontSize(16).text(title).moveDown(0.5);
  writeQuestion(document, report);
  if (report.intervals.length === 0) document.moveDown().text('Nothing was dealt in this time.');
  for (const [index, interval] of report.intervals.entries()) {
    writeInterval(document, interval);
    if (index % INTERVALS_A_TURN === 0) await setImmediate();
  }
  writeProof(document, report);
  writeFeet(document, report);
  document.end();
  return written;
}

function writeQuestion(document: Document, report: ServiceReport): void {
  const { market, from, to, madeAt, recordsSince = null } = report;
  writeFacts(document, {
    Market: market ?? 'all',
    From: from,
    Until: `${to} (what began before and ended after is told too)`,
    'Made at': madeAt,
    ...(recordsSince !== null && { Records: `since ${recordsSince}; those of before are in the archive` }),
  });
}

function writeInterval(document: Document, interval: ServiceInterval): void {
  const { market, version, role, digest, from, to, weights, certificates, approvers, overrides } = interval;
  document.moveDown();
  document
    .font('Helvetica-Bold')
    .fontSize(11)
    .text(printable(`${market}: ${version}, ${role}`));
  writeFacts(document, {
    Served: `${from} to ${to ?? 'the end of the report, and on'}`,
    Digest: `sha256:${digest}`,
    Share: weights.map((weight) => `${weight.weightPercent} % from ${weight.from}`).join('; '),
    Certificates: certificates.map(certificateText).join('; ') || 'none was told',
    'Approved by': approvers.join(', ') || 'nobody, by name',
    ...(overrides.length > 0 && { 'Went on without approval': overrides.map(overrideText).join('; ') }),
    Release: interval.releaseId ?? 'not known',
    ...(to !== null && { 'Ended because': interval.endedBecause ?? 'nobody told' }),
  });
}

function writeProof(document: Document, { contentDigest, keyId, signature }: ServiceReport): void {
  document.moveDown();
  document.font('Helvetica-Bold').fontSize(11).text('Where this can be checked');
  writeFacts(document, {
    Report:
      'The JSON form of this report is signed. It has the same content digest, or tells something else.',
    'Content digest': contentDigest ?? 'none',
    Key: keyId,
    Signature: signature,
  });
}

function writeFacts(document: Document, facts: Readonly<Record<string, string>>): void {
  document.fontSize(9);
  for (const [name, value] of Object.entries(facts)) {
    document.font('Helvetica-Bold').text(`${name}: `, { continued: true });
    document.font('Helvetica').text(printable(value));
  }
}

/** On each page, so that a sheet alone says what it is of. */
function writeFeet(document: Document, { provider, game, contentDigest, keyId }: ServiceReport): void {
  const { start, count } = document.bufferedPageRange();
  for (let page = start; page < start + count; page++) {
    document.switchToPage(page);
    // Below the margin, where a text would begin a page of its own.
    document.page.margins.bottom = 0;
    const foot = `${provider}/${game}, content digest ${contentDigest ?? 'none'}, key ${keyId}, page ${page + 1} of ${count}`;
    document.font('Helvetica').fontSize(7);
    document.text(foot, MARGIN, document.page.height - MARGIN, { lineBreak: false });
  }
}

/** The standard fonts are Latin; what they do not have is shown by its code point, and is whole in JSON and CSV. */
function printable(text: string): string {
  return text.replace(NOT_LATIN, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}
