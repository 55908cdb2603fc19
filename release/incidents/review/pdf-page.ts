import PDFDocument from "pdfkit";

/** Mainstay's colours, as they stand in packages/ui. */
export const colours = {
  ink: "#10201F",
  soft: "#51605E",
  line: "#E6E4DD",
  canvas: "#F6F5F1",
  harbour: "#0E4A45",
  good: "#1A7347",
  danger: "#B02F24",
  amber: "#C2740A",
  info: "#2458B8",
} as const;
export type Colour = (typeof colours)[keyof typeof colours];

/** Points: A4 is 595 by 842. */
export const page = { width: 595.28, height: 841.89, side: 56, top: 64, bottom: 64 } as const;
export const text_width = page.width - 2 * page.side;

export type Sheet = PDFKit.PDFDocument;

/** What the standard fonts lack, in letters that they have. */
const stand_ins: Readonly<Record<string, string>> = {
  ...{ "→": "to", "−": "-", "≥": ">=", "≤": "<=", "\u2011": "-", "\u202F": " ", "\u2009": " " },
  ...{ Ł: "L", ł: "l", Đ: "D", đ: "d", Ħ: "H", ħ: "h", ı: "i", Ŧ: "T", ŧ: "t" },
};
/** Windows-1252, which the standard fonts are written in, beyond Latin-1. */
const beyond_latin = new Set("€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ");
const isPrintable = (letter: string): boolean => {
  const code = letter.codePointAt(0) ?? 0;
  return code === 10 || (code >= 32 && code < 127) || (code >= 160 && code < 256) || beyond_latin.has(letter);
};

/**
 * A text in letters that the document's fonts have: accents that they lack are left off, and what is of
 * another script is a question mark. The Markdown form has every letter.
 */
export function printable(text: string): string {
  return Array.from(text.normalize("NFC"))
    .map((letter) => {
      const known = stand_ins[letter] ?? letter;
      if (Array.from(known).every(isPrintable)) return known;
      const bare = known.normalize("NFD").replaceAll(/\p{M}/gu, "");
      return bare !== "" && Array.from(bare).every(isPrintable) ? bare : "?";
    })
    .join("");
}

/** Begins a document; `at` is when it says that it was made. */
export function beginSheet(about: { readonly title: string; readonly at: Date }): Sheet {
  const { side, top, bottom } = page;
  return new PDFDocument({
    size: "A4",
    margins: { top, bottom, left: side, right: side },
    bufferPages: true,
    lang: "en-GB",
    displayTitle: true,
    info: {
      ...{ Title: printable(about.title), Author: "Mainstay", Creator: "Mainstay" },
      ...{ CreationDate: about.at, ModDate: about.at },
    },
  });
}

/** Text in a size and a colour; bold where it is said. */
export function setType(sheet: Sheet, type: { size: number; colour?: Colour; isBold?: boolean }): Sheet {
  const { size, colour = colours.ink, isBold = false } = type;
  return sheet
    .font(isBold ? "Helvetica-Bold" : "Helvetica")
    .fontSize(size)
    .fillColor(colour);
}

/** Goes on to a new page where less than so many points are left on this one. */
export function ensureRoom(sheet: Sheet, points: number): void {
  if (sheet.y + points > page.height - page.bottom) sheet.addPage();
}

/** The room above a section's head, in points. */
const head_gap = 13;

/** A section's head, never alone at the foot of a page. */
export function writeHead(sheet: Sheet, title: string): void {
  ensureRoom(sheet, 64);
  sheet.y += head_gap;
  setType(sheet, { size: 13, isBold: true }).text(printable(title), page.side, sheet.y, {
    width: text_width,
  });
  sheet.moveDown(0.35);
}

/** A column of a table: its head, its share of the width, and how the first line of its cells looks. */
export type Column = {
  readonly head: string;
  readonly share: number;
  readonly isBold?: boolean;
  readonly colour?: Colour;
};

const cell_padding = 6;
const table_size = 9;
const table_gap = 6;

/** A cell's first line, and what stands under it in small. */
function linesOf(cell: string): { readonly first: string; readonly rest: string } {
  const [first = "", ...rest] = printable(cell).split("\n");
  return { first, rest: rest.join("\n") };
}

/**
 * A table with hairlines; rows are as high as their highest cell and aren't torn. What follows the first
 * line of a cell is soft.
 */
export function writeTable(
  sheet: Sheet,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): void {
  const widths = columns.map(({ share }) => share * text_width);
  const lefts = widths.map(
    (_width, index) => page.side + widths.slice(0, index).reduce((sum, one) => sum + one, 0),
  );
  const writeRow = (cells: readonly string[], isHead: boolean): void => {
    const lookFirst = (index: number) => {
      const { isBold = false, colour = colours.ink } = columns[index] ?? {};
      return setType(
        sheet,
        isHead ? { size: table_size, colour: colours.soft } : { size: table_size, isBold, colour },
      );
    };
    const lookRest = () => setType(sheet, { size: table_size - 1, colour: colours.soft });
    const placed = cells.map(linesOf).map(({ first, rest }, index) => {
      const options = { width: (widths[index] ?? 0) - 2 * cell_padding };
      const firstHeight = lookFirst(index).heightOfString(first, options);
      const restHeight = rest === "" ? 0 : lookRest().heightOfString(rest, options);
      return { first, rest, options, firstHeight, height: firstHeight + restHeight };
    });
    const height = Math.max(...placed.map((cell) => cell.height)) + 2 * cell_padding;
    ensureRoom(sheet, height);
    const top = sheet.y;
    for (const [index, { first, rest, options, firstHeight }] of placed.entries()) {
      const left = (lefts[index] ?? 0) + cell_padding;
      lookFirst(index).text(first, left, top + cell_padding, options);
      if (rest !== "") lookRest().text(rest, left, top + cell_padding + firstHeight, options);
    }
    const foot = top + height;
    sheet.lineWidth(0.6).strokeColor(colours.line);
    sheet
      .moveTo(page.side, foot)
      .lineTo(page.side + text_width, foot)
      .stroke();
    sheet.x = page.side;
    sheet.y = foot;
  };
  writeRow(
    columns.map(({ head }) => head),
    true,
  );
  for (const cells of rows) writeRow(cells, false);
  sheet.y += table_gap;
}

/** Ends the document, with its name and a number at the foot of each page; answers the file. */
export function endSheet(sheet: Sheet, foot: string): Promise<Buffer> {
  const { count } = sheet.bufferedPageRange();
  for (let index = 0; index < count; index += 1) {
    sheet.switchToPage(index);
    // Written into the margin, which would begin a new page otherwise.
    sheet.page.margins.bottom = 0;
    const line = `${printable(foot)}  ·  ${index + 1} of ${count}`;
    const options = { width: text_width, lineBreak: false };
    setType(sheet, { size: 8, colour: colours.soft }).text(line, page.side, page.height - 40, options);
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    sheet.on("data", (chunk: Buffer) => chunks.push(chunk));
    sheet.on("end", () => resolve(Buffer.concat(chunks)));
    sheet.on("error", reject);
    sheet.end();
  });
}
