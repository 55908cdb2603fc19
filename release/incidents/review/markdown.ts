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
import { fillText } from "./facts.ts";
import { dateText } from "./words.ts";

/** Writes a text so that Markdown, and the HTML in it, show it as it is: nothing in it does anything. */
export function plain(text: string): string {
  return text
    .replaceAll(/[\\`*_[\]()#|~!{}]/g, String.raw`\$&`)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}

/** One line of a table: no text in it ends the line. */
const row = (...cells: readonly string[]): string =>
  `| ${cells.map((cell) => plain(cell.replaceAll(/\s+/g, " ").trim())).join(" | ")} |`;

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "None.";
  return [row(...heads), `|${" --- |".repeat(heads.length)}`, ...rows.map((cells) => row(...cells))].join(
    "\n",
  );
}

/** A part's text; lines that begin with a dash stay a list. */
function partText(review: Review, part: ReviewText): string {
  const found = review.texts.find((text) => text.part === part);
  const filled = fillText(found?.text ?? "", review.facts).trim();
  if (filled === "") return "Nothing was written.";
  return filled
    .split("\n")
    .map((line) => {
      const listed = /^\s*[-*]\s+(.*)$/.exec(line);
      if (listed) return `- ${plain(listed[1] ?? "")}`;
      // A number or a sign at a line's beginning would make it a list, a quote or a rule.
      return plain(line.trim())
        .replace(/^(\d+)([.)])/, String.raw`$1\$2`)
        .replace(/^([-+=])/, String.raw`\$1`);
    })
    .join("\n");
}

function regulatorText({ regulator }: Review): string {
  const thresholds = regulator.thresholds.map(({ name, counted, limit, isReached, source }) => [
    ...[name, counted, limit],
    isReached ? "reached" : "no",
    source,
  ]);
  const deadlines = regulator.deadlines.map((deadline) => [
    ...[deadline.regime, deadline.name],
    deadlineText(deadline),
    deadline.source,
  ]);
  return [
    plain(classifiedText(regulator)),
    table(["Threshold", "Counted", "Limit", "Reached", "Source"], thresholds),
    table(["Regime", "Deadline", "Stands", "Source"], deadlines),
  ].join("\n\n");
}

/**
 * Writes a review as a Markdown document; facts stand in their places, and nothing that people wrote is
 * markup.
 */
export function reviewToMarkdown(review: Review): string {
  const section = (title: string, text: string): string => `## ${title}\n\n${text}`;
  const written = (part: ReviewText): string => section(part_titles[part], partText(review, part));
  const figures = figuresOf(review).map(({ name, value }) => [name, value]);
  const actions = review.actions.map(({ what, owner, due, state, note }) => [
    ...[what, owner.name, dateText(new Date(`${due}T12:00:00Z`)), action_states[state]],
    note ?? "",
  ]);
  const timeline = review.timeline.map(({ at, title, detail, actor }) => [
    stampText(at),
    detail === null ? title : `${title}: ${detail}`,
    actor?.name ?? "",
  ]);
  const { reader } = review;
  const read =
    reader === null || reader.readAt === null
      ? null
      : `Second reader: ${reader.name}, ${stampText(reader.readAt)}.`;
  return [
    `# ${review.number} ${plain(review.title)}`,
    plain(standingText(review)),
    written("summary"),
    section("Impact in figures", table(["", ""], figures)),
    written("cause"),
    written("trigger"),
    written("detection"),
    section("Timeline", table(["When", "What", "Who"], timeline)),
    written("went-well"),
    written("went-badly"),
    written("lucky"),
    section("Actions", table(["What", "Owner", "Due", "State", "Note"], actions)),
    section("The check", plain(checkText(review))),
    section("Regulator", regulatorText(review)),
    ...(read === null ? [] : [plain(read)]),
    "Times are the bank's own, Europe/London.",
    "",
  ].join("\n\n");
}
