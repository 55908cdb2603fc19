import fc from "fast-check";
import { expect, test } from "vitest";
import { csvField, csvHead, csvLine } from "./csv.ts";

/** Reads a line as RFC 4180 has it. */
function readLine(text: string): string[] {
  const fields: string[] = [];
  let rest = `,${text}`;
  while (rest !== "") {
    const [all, quoted, plain = ""] = /^,(?:"((?:[^"]|"")*)"|([^",]*))/.exec(rest) ?? [rest];
    fields.push(quoted?.replaceAll('""', '"') ?? plain);
    rest = rest.slice(all.length);
  }
  return fields;
}

test("a field with commas, quotes or line ends is in quotes, and reads back as it was", () => {
  expect(["a,b", 'say "no"', "two\nlines", "plain", "", null, 3].map(csvField)).toEqual([
    '"a,b"',
    '"say ""no"""',
    '"two\nlines"',
    ...["plain", "", "", "3"],
  ]);
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 2, maxLength: 5 }), (fields) => {
      const isFormula = /^[=+\-@\t\r\n]/;
      const expected = fields.map((field) => (isFormula.test(field) ? `'${field}` : field));
      expect(readLine(fields.map(csvField).join(","))).toEqual(expected);
    }),
  );
});

test("nothing that somebody made up is taken for a formula", () => {
  for (const field of ['=HYPERLINK("https://evil.example")', "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1"]) {
    expect(csvField(field).replace(/^"/, "")).toMatch(/^'/);
  }
});

test("a row has a field for each column, and ends as the RFC says", () => {
  const row = csvLine({
    ...{ customer: null, installation: "ins_1", knownBy: "nobody", platform: "ios", os: "ios-27" },
    ...{ version: "1.4.0", firstFailureAt: "2026-11-22T12:00:00.000Z", tries: 2, reason: "=cmd" },
    ...{ lastFailureAt: "2026-11-22T12:00:10.000Z", backAt: null, out_ms: 61_500, versionNow: null },
  });
  expect(readLine(row.trimEnd())).toHaveLength(readLine(csvHead().trimEnd()).length);
  expect(row).toContain(",'=cmd,2,");
  expect(row.endsWith(",,61.500,\r\n")).toBe(true);
});
