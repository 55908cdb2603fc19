import type { Review, ReviewText } from "@mainstay/wire";
import {
  action_states,
  checkText,
  classifiedText,
  deadlineText,
  figuresOf,
  part_titles,
  stampText,
  standingText,
} from "./document.ts";
import { segmentsOf } from "./facts.ts";
import {
  beginSheet,
  colours,
  endSheet,
  ensureRoom,
  page,
  printable,
  setType,
  text_width,
  writeHead,
  writeTable,
  type Colour,
  type Sheet,
} from "./pdf-page.ts";
import { dateText, timeText } from "./words.ts";

const body_size = 10.5;

/** The sail, on harbour, and the bank's name. */
function writeBrand(sheet: Sheet): void {
  const { side } = page;
  const top = 40;
  sheet.roundedRect(side, top, 18, 18, 4).fill(colours.harbour);
  sheet.polygon([side + 9.5, top + 3.5], [side + 9.5, top + 12.5], [side + 4, top + 12.5]).fill("#FFFFFF");
  sheet.polygon([side + 11, top + 6], [side + 11, top + 12.5], [side + 14.5, top + 12.5]).fill("#F4A62A");
  setType(sheet, { size: 11, isBold: true }).text("Mainstay", side + 25, top + 4.5, { lineBreak: false });
}

function writeTitle(sheet: Sheet, review: Review): void {
  const { side } = page;
  const title = printable(review.title);
  setType(sheet, { size: 12, colour: colours.soft }).text(`${review.number} Review`, side, 84);
  setType(sheet, { size: 20, isBold: true }).text(title, side, sheet.y + 3, { width: text_width });
  setType(sheet, { size: 9, colour: colours.soft }).text(printable(standingText(review)), side, sheet.y + 4);
}

/** A line of a part: facts from the record are blue, as they are in the console. */
function writeLine(sheet: Sheet, line: string, review: Review): void {
  const listed = /^\s*[-*]\s+(.*)$/.exec(line);
  const left = page.side + (listed === null ? 0 : 12);
  const width = text_width - (left - page.side);
  const segments = segmentsOf(listed?.[1] ?? line, review.facts).filter(({ text }) => text !== "");
  ensureRoom(sheet, body_size * 2);
  if (listed !== null) {
    sheet.circle(page.side + 3.5, sheet.y + body_size * 0.45, 1.4).fill(colours.soft);
  }
  const top = sheet.y;
  for (const [index, { text, isFact }] of segments.entries()) {
    const colour: Colour = isFact ? colours.info : colours.ink;
    const options = { width, lineGap: 2.5, continued: index < segments.length - 1 };
    setType(sheet, { size: body_size, colour });
    if (index === 0) sheet.text(printable(text), left, top, options);
    else sheet.text(printable(text), options);
  }
  sheet.x = page.side;
}

function writePart(sheet: Sheet, review: Review, part: ReviewText): void {
  writeHead(sheet, part_titles[part]);
  const found = review.texts.find((text) => text.part === part)?.text.trim() ?? "";
  const lines = (found === "" ? "Nothing was written." : found)
    .split("\n")
    .filter((line) => line.trim() !== "");
  for (const line of lines) writeLine(sheet, line, review);
}

/** The figures in one box, side by side. */
function writeFigures(sheet: Sheet, review: Review): void {
  writeHead(sheet, "Impact in figures");
  const figures = figuresOf(review);
  const height = 52;
  const width = text_width / figures.length;
  ensureRoom(sheet, height);
  const top = sheet.y;
  sheet
    .lineWidth(0.8)
    .roundedRect(page.side, top, text_width, height, 6)
    .fillAndStroke(colours.canvas, colours.line);
  for (const [index, { value, name }] of figures.entries()) {
    const left = page.side + index * width;
    if (index > 0)
      sheet
        .moveTo(left, top)
        .lineTo(left, top + height)
        .strokeColor(colours.line)
        .stroke();
    const options = { width: width - 12, lineBreak: false };
    setType(sheet, { size: 11, isBold: true }).text(printable(value), left + 8, top + 14, options);
    setType(sheet, { size: 7.5, colour: colours.soft }).text(name, left + 8, top + 32, options);
  }
  sheet.x = page.side;
  sheet.y = top + height;
}

/** The moments of the drawn line, in the order in which they come, with the colour of the way to the next. */
const moments = [
  { kind: "first-failure", name: "first refused", colour: colours.danger },
  { kind: "alarm", name: "alarm", colour: colours.danger },
  { kind: "rolled-back", name: "rolled back", colour: colours.amber },
  { kind: "last-switched", name: "last device switched", colour: colours.good },
  { kind: "last-back", name: "last person in", colour: colours.good },
] as const;

/** The way from the first failure to the last customer back in, drawn as a line with its moments. */
function drawTimeline(sheet: Sheet, { timeline }: Review): void {
  const found = moments.flatMap(({ kind, name, colour }) => {
    const entry = timeline.find((candidate) => candidate.kind === kind);
    return entry === undefined ? [] : [{ at: new Date(entry.at), name, colour }];
  });
  const sorted = found.toSorted((one, other) => one.at.getTime() - other.at.getTime());
  // What happened within one second is one moment of the line.
  const seconds = Map.groupBy(sorted, ({ at }) => timeText(at));
  const shown = [...seconds.values()].flatMap((same) => {
    const [first] = same;
    const names = same.map(({ name }) => name).join(", ");
    return first === undefined ? [] : [{ at: first.at, name: names, colour: (same.at(-1) ?? first).colour }];
  });
  if (shown.length < 2) return;
  ensureRoom(sheet, 56);
  const middle = sheet.y + 10;
  const step = (text_width - 12) / (shown.length - 1);
  const leftOf = (index: number): number => page.side + 6 + index * step;
  for (const [index, { colour }] of shown.slice(0, -1).entries()) {
    sheet
      .lineWidth(2.2)
      .moveTo(leftOf(index), middle)
      .lineTo(leftOf(index + 1), middle)
      .strokeColor(colour)
      .stroke();
  }
  for (const [index, { at, name }] of shown.entries()) {
    sheet.lineWidth(1.6).circle(leftOf(index), middle, 4.5).fillAndStroke("#FFFFFF", colours.ink);
    const align = index === 0 ? "left" : index === shown.length - 1 ? "right" : "center";
    const width = 100;
    const left = {
      left: leftOf(index) - 6,
      center: leftOf(index) - width / 2,
      right: leftOf(index) + 6 - width,
    }[align];
    const options = { width, align, lineBreak: false } as const;
    setType(sheet, { size: 9, isBold: true }).text(timeText(at), left, middle + 10, options);
    setType(sheet, { size: 8, colour: colours.soft }).text(name, left, middle + 21, options);
  }
  sheet.x = page.side;
  sheet.y = middle + 36;
}

function writeTimeline(sheet: Sheet, review: Review): void {
  writeHead(sheet, "Timeline");
  drawTimeline(sheet, review);
  const rows = review.timeline.map(({ at, title, detail, actor }) => [
    stampText(at),
    detail === null ? title : `${title}\n${detail}`,
    actor?.name ?? "",
  ]);
  const columns = [
    { head: "When", share: 0.24 },
    { head: "What", share: 0.56 },
    { head: "Who", share: 0.2, colour: colours.soft },
  ];
  writeTable(sheet, columns, rows);
}

function writeActions(sheet: Sheet, { actions }: Review): void {
  writeHead(sheet, "Actions");
  if (actions.length === 0) {
    setType(sheet, { size: body_size, colour: colours.soft }).text("None.");
    return;
  }
  const rows = actions.map(({ what, owner, due, state, note }) => [
    note === null ? what : `${what}\n${note}`,
    owner.name,
    dateText(new Date(`${due}T12:00:00Z`)),
    action_states[state],
  ]);
  const columns = [
    { head: "What", share: 0.5, isBold: true },
    { head: "Owner", share: 0.22 },
    { head: "Due", share: 0.16 },
    { head: "State", share: 0.12 },
  ];
  writeTable(sheet, columns, rows);
}

function writeRegulator(sheet: Sheet, { regulator }: Review): void {
  writeHead(sheet, "Regulator");
  const { side } = page;
  const said = printable(classifiedText(regulator));
  setType(sheet, { size: body_size }).text(said, side, sheet.y, { width: text_width, lineGap: 2.5 });
  sheet.moveDown(0.5);
  const thresholds = regulator.thresholds.map(({ name, counted, limit, isReached, source }) => [
    `${name}\n${source}`,
    counted,
    limit,
    isReached ? "reached" : "no",
  ]);
  writeTable(
    sheet,
    [
      { head: "Threshold", share: 0.46 },
      { head: "Counted", share: 0.24 },
      { head: "Limit", share: 0.18 },
      { head: "Reached", share: 0.12, isBold: true },
    ],
    thresholds,
  );
  const deadlines = regulator.deadlines.map((deadline) => [
    `${deadline.regime}: ${deadline.name}\n${deadline.source}`,
    deadlineText(deadline),
  ]);
  const columns = [
    { head: "Deadline", share: 0.55 },
    { head: "Stands", share: 0.45 },
  ];
  writeTable(sheet, columns, deadlines);
}

function writeCheck(sheet: Sheet, review: Review): void {
  writeHead(sheet, "The check");
  const options = { width: text_width, lineGap: 2.5 };
  setType(sheet, { size: body_size }).text(printable(checkText(review)), page.side, sheet.y, options);
}

/** Writes a review as a PDF, A4; what people wrote stands in it as plain text. */
export async function reviewToPdf(review: Review): Promise<Buffer> {
  const title = `${review.number} ${review.title}`;
  const at = review.closedAt ?? review.editedAt ?? review.timeline.at(-1)?.at ?? "1970-01-01T00:00:00.000Z";
  const sheet = beginSheet({ title, at: new Date(at) });
  writeBrand(sheet);
  writeTitle(sheet, review);
  writePart(sheet, review, "summary");
  writeFigures(sheet, review);
  for (const part of ["cause", "trigger", "detection"] as const) writePart(sheet, review, part);
  writeTimeline(sheet, review);
  for (const part of ["went-well", "went-badly", "lucky"] as const) writePart(sheet, review, part);
  writeActions(sheet, review);
  writeCheck(sheet, review);
  writeRegulator(sheet, review);
  return endSheet(sheet, `${review.number} Review. ${standingText(review)}. Times: Europe/London`);
}
