import { type Breach, type ProjectFile, find, isCode, isTest, withoutComments } from "./project.ts";

const lines_max = 400;
const columns_max = 110;

/**
 * Holds the sizes: 400 lines a file, 110 columns a line (addresses and pictures drawn in text may be longer).
 */
export function checkSizes(files: readonly ProjectFile[]): readonly Breach[] {
  return files
    .filter(({ path }) => isCode(path) || /\.(?:sql|css)$/.test(path))
    .flatMap(({ path, text }) => {
      const lines = text.trimEnd().split("\n");
      const tooLong = lines.flatMap((line, index) =>
        line.length > columns_max && !/https?:\/\/\S{60}|\bd="M/.test(line)
          ? [{ path, line: index + 1, what: `${line.length} columns, ${columns_max} at most` }]
          : [],
      );
      if (lines.length <= lines_max) return tooLong;
      return [...tooLong, { path, line: lines.length, what: `${lines.length} lines, ${lines_max} at most` }];
    });
}

type OnePlace = {
  readonly pattern: RegExp;
  readonly what: string;
  readonly isPlace: (path: string) => boolean;
};

const isTool = (path: string): boolean => /^(?:tools|benches)\//.test(path);

/** What reaches out of a program stands in one place each, so that everything else can be tested. */
const one_place: readonly OnePlace[] = [
  {
    pattern: /\bDate\.now\(|\bnew Date\(\s*\)/g,
    what: "the time comes from a Clock",
    isPlace: (path) => path === "packages/platform/clock.ts" || isTool(path) || isTest(path),
  },
  {
    pattern: /\bMath\.random\(/g,
    what: "randomness comes from a Random",
    isPlace: () => false,
  },
  {
    pattern: /\bprocess\.env\b/g,
    what: "the environment is read in packages/platform/config.ts",
    isPlace: (path) => path === "packages/platform/config.ts" || isTool(path) || path.startsWith("tests/"),
  },
  {
    pattern: /\bconsole\.\w+\(/g,
    what: "what is worth saying goes to the logger",
    isPlace: (path) => path === "packages/platform/log.ts" || isTool(path),
  },
];

/** Browser apps have no platform: each has one file of its own that knows the time. */
const browser_place = /^apps\/(?:customer|console|boot)\/(?:[^/]+\/)?browser\.ts$/;

/** Holds `Date.now`, `Math.random`, `process.env` and `console` in one place each. */
export function checkOnePlace(files: readonly ProjectFile[]): readonly Breach[] {
  return files
    .filter(({ path }) => isCode(path) && !path.startsWith("tools/tidy/"))
    .flatMap(({ path, text }) =>
      one_place
        .filter((rule) => !rule.isPlace(path) && !browser_place.test(path))
        .flatMap((rule) => find(path, withoutComments(text), rule.pattern, rule.what)),
    );
}

const sql_pattern = new RegExp(
  [
    String.raw`\bSELECT\s[^;]*?\sFROM\s`,
    String.raw`\bINSERT\s+INTO\s`,
    String.raw`\bUPDATE\s+[\w."]+\s+SET\s`,
    String.raw`\bDELETE\s+FROM\s`,
    String.raw`\b(?:CREATE|ALTER|DROP)\s+TABLE\s`,
  ].join("|"),
  "g",
);

/** SQL of the modules and apps stands in `store.ts` (or `…-store.ts`) and in migrations, and nowhere else. */
export function checkSql(files: readonly ProjectFile[]): readonly Breach[] {
  return files
    .filter(({ path }) => /^(?:bank|release|apps)\//.test(path) && isCode(path) && !isTest(path))
    .filter(({ path }) => !/(?:^|\/|-)store\.ts$/.test(path))
    .flatMap(({ path, text }) => find(path, withoutComments(text), sql_pattern, "SQL belongs in store.ts"));
}

type Forbidden = {
  readonly pattern: RegExp;
  readonly what: string;
  readonly applies: (path: string) => boolean;
};

// Written so that this file doesn't break its own rules.
// Three crosses are a mark only where they open a comment: they are also the currency that is none.
const unfinished = new RegExp(
  `\\b(?:${["TO", "FIX"].join("DO|")}ME|HA${"CK"})\\b|(?:\\/\\/|\\*|--)\\s*XX${"X"}\\b`,
  "g",
);

const forbidden: readonly Forbidden[] = [
  { pattern: unfinished, what: "finish it, or write an issue", applies: () => true },
  {
    pattern: /(?<![\w.:/])\/(?:home|root|Users|work)\/\w+/g,
    what: "a path of one machine",
    applies: (path) => !isTest(path) && !path.startsWith("tools/tidy/"),
  },
  {
    pattern: /^\s*(?:export\s+)?(?:const\s+)?enum\s/gm,
    what: "a union of literals instead of an enum",
    applies: isCode,
  },
  {
    pattern: /^\s*(?:export\s+)?(?:abstract\s+)?class\s+\w+(?!\s+extends\s+\w*(?:Error|Sequencer)\b|\w)/gm,
    what: "a factory instead of a class (errors, and what a library wants as one, may be classes)",
    applies: isCode,
  },
  {
    pattern: /\bas unknown as\b|:\s*any\b|\bas any\b|<any>/g,
    what: "a type that is true instead",
    applies: (path) => isCode(path) && !path.startsWith("tools/tidy/"),
  },
  {
    pattern: /@ts-ignore|@ts-nocheck|@ts-expect-error|eslint-disable|oxlint-disable/g,
    what: "no rule is switched off in place",
    applies: (path) => isCode(path) && !path.startsWith("tools/tidy/"),
  },
  {
    pattern: /^export default\b/gm,
    what: "a named export instead of a default one",
    applies: (path) => isCode(path) && !/\.config\.ts$|\.d\.ts$/.test(path),
  },
];

/**
 * Finds what the house rules forbid in any text: unfinished marks, machine paths, enums, classes, lost types.
 */
export function checkForbidden(files: readonly ProjectFile[]): readonly Breach[] {
  return files.flatMap(({ path, text }) =>
    forbidden
      .filter((rule) => rule.applies(path))
      .flatMap((rule) =>
        find(
          path,
          isCode(path) && rule.pattern !== unfinished ? withoutComments(text) : text,
          rule.pattern,
          rule.what,
        ),
      ),
  );
}

/** Files are named for what is in them, in kebab-case; documents of the whole project in capitals. */
export function checkNames(files: readonly ProjectFile[]): readonly Breach[] {
  return files
    .filter(({ path }) => {
      const name = path.slice(path.lastIndexOf("/") + 1);
      return !/^\.?[a-z0-9]+(?:[-.][a-z0-9]+)*$|^[A-Z]+\.md$/.test(name);
    })
    .map(({ path }) => ({ path, line: 1, what: "a name in kebab-case" }));
}
