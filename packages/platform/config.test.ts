import { writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Type from "typebox";
import { describe, expect, it } from "vitest";
import { common_environment, ConfigError, readEnvironment, readSecrets } from "./config.ts";

const Schema = Type.Object({
  ...common_environment,
  DATABASE_URL: Type.String({ pattern: "^postgres(ql)?://" }),
});
const url = "postgres://mainstay_bank:hunter2@127.0.0.1/bank";

describe("the environment", () => {
  it("is converted to the schema's types, with defaults", () => {
    const environment = readEnvironment(Schema, { DATABASE_URL: url, MAINSTAY_PORT: "9000", UNRELATED: "x" });
    expect(environment).toMatchObject({ MAINSTAY_PORT: 9000, NODE_ENV: "development", MAINSTAY_DEMO: "0" });
    expect(environment).not.toHaveProperty("UNRELATED");
  });

  it.each([
    [{}, "DATABASE_URL"],
    [{ DATABASE_URL: "mysql://user:hunter2@host" }, "DATABASE_URL"],
    [{ DATABASE_URL: url, MAINSTAY_PORT: "80" }, "MAINSTAY_PORT"],
    [{ DATABASE_URL: url, MAINSTAY_PORT: "eighty" }, "MAINSTAY_PORT"],
  ])("names what is wrong in %o without quoting it", (environment, name) => {
    const read = () => readEnvironment(Schema, environment);
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(name);
    expect(read).not.toThrow("hunter2");
  });

  it("refuses demo features in production", () => {
    const environment = { DATABASE_URL: url, MAINSTAY_DEMO: "1", NODE_ENV: "production" };
    expect(() => readEnvironment(Schema, environment)).toThrow("Demo features are on");
  });
});

describe("the secrets' file", () => {
  it("is refused when missing, not JSON or incomplete, without quoting it", () => {
    const folder = mkdtempSync(join(tmpdir(), "mainstay-secrets-"));
    try {
      const path = join(folder, "secrets.json");
      expect(() => readSecrets(undefined)).toThrow(ConfigError);
      expect(() => readSecrets(path)).toThrow("could not be read");
      writeFileSync(path, JSON.stringify({ schemeSecret: "hunter2" }));
      expect(() => readSecrets(path)).toThrow(/lacks or garbles/);
      expect(() => readSecrets(path)).not.toThrow("hunter2");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
