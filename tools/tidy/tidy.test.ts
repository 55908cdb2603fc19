import { describe, expect, test } from "vitest";
import { checkDeadFiles, checkImports, whyNot } from "./imports.ts";
import { type Breach, type ProjectFile, describeBreaches, readProject } from "./project.ts";
import { checkForbidden, checkNames, checkOnePlace, checkSizes, checkSql } from "./text-rules.ts";
import { checkPins, checkWorkspaces } from "./workspaces.ts";

type Check = (files: readonly ProjectFile[]) => readonly Breach[];

const project = readProject();

/** Two workspaces of a made-up project, into which a breach can be planted. */
function planted(path: string, text: string): readonly ProjectFile[] {
  const manifest = (workspace: string, name: string): ProjectFile => ({
    path: `${workspace}/package.json`,
    text: JSON.stringify({ name: `@mainstay/${name}` }),
  });
  return [
    manifest("packages/kernel", "kernel"),
    manifest("packages/platform", "platform"),
    manifest("packages/testkit", "testkit"),
    manifest("packages/ui", "ui"),
    manifest("bank/ledger", "ledger"),
    manifest("bank/payments", "payments"),
    manifest("release/staff", "staff"),
    { path, text },
  ];
}

/** Each rule, with a text that breaks it: a rule that can't be broken holds nothing. */
const rules: readonly { rule: string; check: Check; path: string; text: string }[] = [
  {
    rule: "packages import no domain",
    check: checkImports,
    path: "packages/platform/a.ts",
    text: 'import { post } from "@mainstay/ledger";',
  },
  {
    rule: "a module of the bank imports only earlier ones",
    check: checkImports,
    path: "bank/ledger/a.ts",
    text: 'import { pay } from "@mainstay/payments";',
  },
  {
    rule: "the bank and release control never meet",
    check: checkImports,
    path: "release/staff/a.ts",
    text: 'import type { Post } from "@mainstay/ledger";',
  },
  {
    rule: "other workspaces are entered by their door",
    check: checkImports,
    path: "bank/payments/a.ts",
    text: 'import { post } from "../ledger/store.ts";',
  },
  {
    rule: "browsers get no server code",
    check: checkImports,
    path: "apps/customer/a.tsx",
    text: 'import { pool } from "@mainstay/platform";',
  },
  {
    rule: "only tests use the testkit",
    check: checkImports,
    path: "bank/ledger/a.ts",
    text: 'import { fakeClock } from "@mainstay/testkit";',
  },
  {
    rule: "no dead files",
    check: checkDeadFiles,
    path: "bank/ledger/forgotten.ts",
    text: "export const answer = 42;",
  },
  { rule: "files stay short", check: checkSizes, path: "bank/ledger/a.ts", text: "a;\n".repeat(401) },
  { rule: "lines stay short", check: checkSizes, path: "bank/ledger/a.sql", text: `-- ${"a".repeat(111)}` },
  {
    rule: "time, randomness, environment and console have one place each",
    check: checkOnePlace,
    path: "bank/ledger/a.ts",
    text: "export const now = Date.now();",
  },
  {
    rule: "SQL stands in stores and migrations",
    check: checkSql,
    path: "bank/ledger/service.ts",
    text: "const sql = `SELECT id\n FROM ledger.accounts`;",
  },
  {
    rule: "nothing unfinished, no lost types, no classes for services",
    check: checkForbidden,
    path: "bank/ledger/a.ts",
    text: "export class LedgerService {}",
  },
  { rule: "names are in kebab-case", check: checkNames, path: "bank/ledger/LedgerStore.ts", text: "" },
  {
    rule: "dependencies are pinned exactly, once",
    check: checkPins,
    path: "apps/bank/package.json",
    text: JSON.stringify({ name: "@mainstay/app-bank", dependencies: { pg: "^8.0.0" } }),
  },
  {
    rule: "workspaces tell what they are and what they use",
    check: checkWorkspaces,
    path: "bank/payments/a.ts",
    text: 'import { post } from "@mainstay/ledger";',
  },
];

describe.each(rules)("$rule", ({ check, path, text }) => {
  test("in this project", () => {
    expect(describeBreaches(check(project))).toBe("");
  });

  test("and a breach is found", () => {
    expect(check(planted(path, text)).filter((breach) => breach.path === path)).not.toEqual([]);
  });
});

test("apps wire: the bank its modules, control its own, nobody an app", () => {
  expect(whyNot("apps/bank", "bank/ledger")).toBeUndefined();
  expect(whyNot("apps/control", "release/staff")).toBeUndefined();
  expect(whyNot("apps/control", "bank/ledger")).toBeDefined();
  expect(whyNot("apps/bank", "release/staff")).toBeDefined();
  expect(whyNot("apps/edge", "release/catalog")).toBeUndefined();
  expect(whyNot("apps/edge", "release/staff")).toBeDefined();
  expect(whyNot("apps/edge", "apps/boot")).toBeDefined();
});
