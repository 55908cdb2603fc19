import { inflateSync } from "node:zlib";
import { expect, test } from "vitest";
import { review_texts, type Review } from "@mainstay/wire";
import { conditionsOf } from "./conditions.ts";
import { reviewToMarkdown } from "./markdown.ts";
import { reviewToPdf } from "./pdf.ts";
import { amara, impact, incident_id, jonas, timeline } from "./test-scene.ts";

const evil = "Eve <script>alert(1)</script> & [Bob](javascript:alert(2)) | `x` Łódź";

/** A review as the console has it: with what a test says. */
function reviewWith(change: Partial<Review> = {}): Review {
  const texts = review_texts.map((part) => ({
    part,
    text: `The ${part} of {people} people.`,
    isDrafted: false,
  }));
  const standing = {
    incident: { state: "resolved" as const },
    ...{ texts, actions: [], check: null, reader: null, classified: null },
  };
  return {
    ...{ incident: incident_id, number: "INC-0041", title: "Log-in fails with iOS 27", draft: 3 },
    ...{ editedAt: "2026-10-02T15:02:00.000Z", editedBy: jonas, impact, timeline, texts },
    facts: [{ key: "people", label: "Customers kept out", value: "31" }],
    actions: [],
    regulator: { thresholds: [], wouldBeMajor: false, classified: null, deadlines: [] },
    ...{ check: null, reader: null, conditions: conditionsOf(standing), closedAt: null, closedBy: null },
    ...{ staff: [amara, jonas], edits: [] },
    ...change,
  };
}

const action = {
  ...{ id: `act_${"0".repeat(22)}`, what: evil, owner: { id: "staff_1", name: evil }, due: "2026-10-09" },
  ...{ state: "moved" as const, note: evil },
};
const withEvil = reviewWith({
  title: evil,
  actions: [action],
  texts: review_texts.map((part) => ({ part, text: `${evil}\n- ${evil}\n1. ${evil}`, isDrafted: false })),
  timeline: timeline.map((line) => ({ ...line, title: evil, detail: evil, actor: { id: "x", name: evil } })),
});

/** The texts of a PDF's pages, as a reader would copy them; each page begins with the same thing. */
function readPdf(file: Buffer): { pages: number; text: string } {
  const raw = file.toString("latin1");
  const streams = [...raw.matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)].flatMap(([, body = ""]) => {
    try {
      return [inflateSync(Buffer.from(body, "latin1")).toString("latin1")];
    } catch {
      return [];
    }
  });
  const shown = streams.join("\n").matchAll(/\[([^\]]*)\] TJ/g);
  const words = [...shown].map(([, parts = ""]) =>
    [...parts.matchAll(/<([0-9a-f]*)>/g)]
      .map(([, hex = ""]) => Buffer.from(hex, "hex").toString("latin1"))
      .join(""),
  );
  return { pages: [...raw.matchAll(/\/Type \/Page\b(?!s)/g)].length, text: words.join(" ") };
}

test("Markdown has every section, with the facts in their places", () => {
  const text = reviewToMarkdown(
    reviewWith({ actions: [{ ...action, what: "A phone", owner: jonas, note: null }] }),
  );
  const heads = [...text.matchAll(/^## (.*)$/gm)].map(([, head]) => head);
  expect(heads).toEqual([
    ...["Summary", "Impact in figures", "Root cause", "Trigger", "Detection", "Timeline"],
    ...["What went well", "What went badly", "Where we got lucky", "Actions", "The check", "Regulator"],
  ]);
  expect(text).toContain("# INC-0041 Log-in fails with iOS 27");
  expect(text).toContain("The summary of 31 people.");
  expect(text).toContain("| median time out | 5 min 40 s |");
  expect(text).toContain("| 1 Oct 2026 08:53:09 | 8.4.1 was taken back | The guard |");
  expect(text).toContain("| A phone | Jonas Lindqvist | 9 Oct 2026 | Moved |  |");
});

test("in Markdown what people wrote is plain text: no markup, no HTML, no link, no row of its own", () => {
  const text = reviewToMarkdown(withEvil);
  expect(text).not.toMatch(/<[a-z/]/i);
  expect(text).not.toMatch(/(?<!\\)\[Bob/);
  expect(text).toContain(
    String.raw`Eve &lt;script&gt;alert\(1\)&lt;/script&gt; &amp; \[Bob\]\(javascript:alert\(2\)\)`,
  );
  expect(text).toContain(String.raw`1\. Eve`);
  const rows = text.split("\n").filter((line) => line.includes("moved") || line.includes("Moved"));
  expect(rows).toHaveLength(1);
});

test("the PDF opens, is A4, says what the review says, and has its pages numbered", async () => {
  const file = await reviewToPdf(
    reviewWith({ actions: [{ ...action, what: "A phone with iOS 27", owner: jonas }] }),
  );
  const raw = file.toString("latin1");
  expect(raw.startsWith("%PDF-1.")).toBe(true);
  expect(raw.trimEnd().endsWith("%%EOF")).toBe(true);
  expect(raw).toContain("/MediaBox [0 0 595.28 841.89]");
  const { text, pages } = readPdf(file);
  expect(text).toContain("INC-0041 Review");
  for (const words of [
    "Impact in figures",
    "44 min 19 s",
    "median time out",
    "A phone with iOS 27",
    "9 Oct 2026",
  ]) {
    expect(text).toContain(words);
  }
  for (const moment of ["08:41:12", "08:53:09", "09:31:50", "first refused", "last person in"]) {
    expect(text).toContain(moment);
  }
  expect(text).toContain(`1 of ${pages}`);
  expect(text).toContain(`${pages} of ${pages}`);
});

test("in the PDF what people wrote is text, and nothing in it does anything", async () => {
  const file = await reviewToPdf(withEvil);
  const raw = file.toString("latin1");
  for (const name of ["/JavaScript", "/JS", "/URI", "/Launch", "/AA", "/OpenAction"])
    expect(raw).not.toContain(name);
  const { text } = readPdf(file);
  expect(text.replaceAll(/\s+/g, " ")).toContain("<script>alert(1)</script>");
  // A letter that the fonts lack is the nearest one that they have.
  expect(text).toContain("Lódz");
});

test("the longest review there can be is a document too", async () => {
  const line = { at: "2026-10-01T07:41:12.000Z", kind: "note", title: "A line", detail: null, actor: null };
  const long = "An unbrokenwordthatgoesonandon".repeat(40);
  const file = await reviewToPdf(
    reviewWith({
      timeline: Array.from({ length: 500 }, () => line),
      texts: review_texts.map((part) => ({ part, text: `${long} {people}\n`.repeat(6), isDrafted: false })),
      actions: Array.from({ length: 50 }, () => ({
        ...action,
        what: "What is to be done ".repeat(10).trim(),
      })),
    }),
  );
  const { pages, text } = readPdf(file);
  expect(pages).toBeGreaterThan(10);
  expect(text).toContain(`${pages} of ${pages}`);
});
