import fc from "fast-check";
import { expect, test } from "vitest";
import { login_silence_ms_max, reckon, type Fact } from "./reckoning.ts";
import type { Scope } from "./types.ts";

const noon = Date.parse("2026-11-22T12:00:00.000Z");
const second = 1_000;
const day = 86_400_000;
const bad = "1.4.0";
const good = "1.3.0";
const much_later = noon + day;

const scope: Scope = {
  versions: [bad],
  platforms: ["ios"],
  components: ["log-in"],
  from: new Date(noon),
  until: null,
};

/** Something that the phone or the bank told: at a second after noon, on the bad version unless said. */
function told(kind: Fact["kind"], at_s: number, over: Partial<Fact> & { try?: number } = {}): Fact {
  const { try: attempt = at_s, ...rest } = over;
  const at = noon + at_s * second;
  const isLogIn = kind.startsWith("login-") && kind !== "login-offered";
  return {
    receivedAt: at,
    kind,
    at,
    begunAt: at,
    installation: "ins_1",
    version: bad,
    platform: "ios",
    os: "ios-27",
    owner: null,
    nonce: `start-${attempt}`,
    attempt: isLogIn ? `try-${attempt}` : null,
    way: isLogIn ? "passkey" : null,
    protocol: isLogIn ? "login/2" : null,
    customer: null,
    reason: kind === "login-failed" ? "user_handle_missing" : null,
    ...rest,
  };
}

const ruth = "cus_ruth";
const sofia = "cus_sofia";

function rowsOf(facts: readonly Fact[], now = much_later) {
  return reckon(facts, scope, now).rows;
}

test("a refused log-in, tried again on the version before, was out from the refusal to the success", () => {
  const rows = rowsOf([
    told("login-failed", 10, { customer: ruth }),
    told("login-failed", 20, { customer: ruth }),
    told("login-succeeded", 95, { customer: ruth, version: good }),
  ]);
  expect(rows).toEqual([
    {
      ...{ customer: ruth, knownBy: "log-in", platform: "ios", os: "ios-27", version: bad, tries: 2 },
      reason: "user_handle_missing",
      firstFailureAt: noon + 10 * second,
      lastFailureAt: noon + 20 * second,
      backAt: noon + 95 * second,
      episodes: [[noon + 10 * second, noon + 95 * second]],
      versionNow: good,
    },
  ]);
});

test("who failed on another version, another platform or at another time isn't affected", () => {
  expect(
    rowsOf([
      told("login-failed", 1, { version: good }),
      told("login-failed", 2, { platform: "android" }),
      told("login-failed", -1, { customer: ruth }),
    ]),
  ).toEqual([]);
  const ended = { ...scope, until: new Date(noon + 5 * second) };
  expect(reckon([told("login-failed", 6)], ended, much_later).rows).toEqual([]);
  expect(reckon([told("login-failed", 5)], ended, much_later).rows).toHaveLength(1);
});

test("a log-in begun and silent has failed after 60 s, from its beginning; till then one waits", () => {
  const begun = told("login-begun", 3, { customer: ruth });
  const due = noon + 3 * second + login_silence_ms_max;
  expect(reckon([begun], scope, due - 1)).toEqual({ rows: [], failedLogIns: 0, dueAt: due });
  const { rows, dueAt, failedLogIns } = reckon([begun], scope, due);
  expect(rows).toMatchObject([{ reason: "silent", firstFailureAt: noon + 3 * second, backAt: null }]);
  expect([dueAt, failedLogIns]).toEqual([null, 1]);
});

test("a success that comes to light late makes of a silence what it was: a log-in", () => {
  const begun = told("login-begun", 3, { customer: ruth });
  const done = told("login-succeeded", 20, {
    ...{ try: 3, begunAt: begun.at, customer: ruth, receivedAt: noon + 900 * second },
  });
  expect(rowsOf([begun])).toHaveLength(1);
  expect(rowsOf([begun, done])).toEqual([]);
  // One that took longer than that was a failure, and its end.
  const slow = { ...done, at: begun.at + 75 * second };
  expect(rowsOf([begun, slow])).toMatchObject([{ episodes: [[begun.at, begun.at + 75 * second]], tries: 1 }]);
});

test("out twice is two episodes, and the time between them isn't counted", () => {
  const [row] = rowsOf([
    told("login-failed", 10, { customer: ruth }),
    told("login-succeeded", 40, { customer: ruth }),
    told("login-failed", 100, { customer: ruth }),
    told("login-failed", 130, { customer: ruth }),
    told("login-succeeded", 160, { customer: ruth }),
  ]);
  expect(row?.episodes.map(([from, until]) => (until ?? 0) - from)).toEqual([30 * second, 60 * second]);
  expect(row).toMatchObject({ tries: 3, backAt: noon + 160 * second });
});

test("what named nobody is put to all who logged in there within 30 days", () => {
  const rows = rowsOf([
    told("login-succeeded", -29 * 86_400, { customer: ruth, version: good }),
    told("login-succeeded", -3_600, { customer: sofia, version: good }),
    told("login-succeeded", -31 * 86_400, { customer: "cus_former", version: good }),
    told("login-failed", 10),
  ]);
  expect(rows.map(({ customer, knownBy }) => [customer, knownBy])).toEqual([
    [ruth, "installation"],
    [sofia, "installation"],
  ]);
});

test("else to the one whom the edge knew there; to whoever logs in next; to nobody yet", () => {
  const failed = told("login-failed", 10, { owner: sofia });
  expect(rowsOf([failed])).toMatchObject([{ customer: sofia, knownBy: "installation" }]);
  const unnamed = told("login-failed", 10);
  expect(rowsOf([unnamed])).toMatchObject([{ customer: null, knownBy: "nobody", backAt: null }]);
  const next = told("login-succeeded", 99, { customer: ruth, version: good });
  expect(rowsOf([unnamed, next])).toMatchObject([
    { customer: ruth, knownBy: "next-log-in", backAt: noon + 99 * second },
  ]);
});

test("a try that named nobody and one that named somebody are one person's", () => {
  expect(rowsOf([told("login-failed", 10), told("login-failed", 20, { customer: ruth })])).toMatchObject([
    { customer: ruth, knownBy: "log-in", tries: 2 },
  ]);
});

test("a registration that failed counts before there is an account, and is theirs once there is", () => {
  const failed = told("login-failed", 10, { way: "registration", reason: "passkey_refused" });
  // Somebody else's phone: that they logged in on it doesn't make it their registration.
  const former = told("login-succeeded", -60, { customer: sofia });
  expect(rowsOf([former, failed])).toMatchObject([{ customer: null, knownBy: "registration" }]);
  const done = told("login-succeeded", 70, { way: "registration", customer: ruth });
  expect(rowsOf([former, failed, done])).toMatchObject([{ customer: ruth, knownBy: "registration" }]);
});

test("a start that didn't stand keeps out until one stands, or, for who must log in, until they have", () => {
  const broken = told("boot-failed", 10, { reason: "crashed", owner: ruth });
  const fallen = told("fell-back", 11, { try: 10, reason: "crashed", owner: ruth });
  const stands = told("booted", 14, { version: good });
  const rows = rowsOf([broken, fallen, stands]);
  expect(rows).toMatchObject([{ customer: ruth, tries: 1, reason: "crashed", backAt: stands.at }]);
  const offered = told("login-offered", 15, { try: 14, version: good });
  expect(rowsOf([broken, fallen, stands, offered])).toMatchObject([{ backAt: null }]);
  const done = told("login-succeeded", 30, { try: 14, version: good, customer: ruth });
  expect(rowsOf([broken, fallen, stands, offered, done])).toMatchObject([{ backAt: done.at }]);
});

test("who only had a version that was taken back wasn't kept out", () => {
  const swapped = told("fell-back", 11, { try: 10, reason: "taken-back", owner: ruth });
  expect(rowsOf([swapped])).toEqual([]);
});

test("a fall back after a refused log-in is that log-in's failure, once", () => {
  const rows = rowsOf([
    told("login-failed", 10, { customer: ruth }),
    told("fell-back", 11, { try: 10, reason: "login_protocol_unsupported", owner: ruth }),
  ]);
  expect(rows).toMatchObject([
    { tries: 1, reason: "user_handle_missing", lastFailureAt: noon + 10 * second },
  ]);
});

/** Some minutes in the life of one phone. */
const life = fc
  .array(
    fc.record({
      kind: fc.constantFrom(
        ...(["activated", "booted", "boot-failed", "fell-back", "login-offered"] as const),
        ...(["login-begun", "login-failed", "login-succeeded", "crashed"] as const),
      ),
      at: fc.integer({ min: -40 * 86_400, max: 600 }),
      late: fc.integer({ min: 0, max: 400 }),
      try: fc.integer({ min: 0, max: 5 }),
      version: fc.constantFrom(bad, good),
      way: fc.constantFrom("passkey" as const, "registration" as const, "recovery" as const),
      customer: fc.constantFrom(null, ruth, sofia),
      owner: fc.constantFrom(null, ruth),
    }),
    { maxLength: 14 },
  )
  .map((told_) =>
    told_.map(({ late, way, ...over }) => {
      const fact = told(over.kind, over.at, over);
      return {
        ...fact,
        receivedAt: fact.at + late * second,
        way: fact.attempt === null ? null : way,
        customer: fact.attempt === null ? null : over.customer,
      };
    }),
  );

function comparable(facts: readonly Fact[]) {
  const { rows, ...rest } = reckon(facts, scope, much_later);
  return { ...rest, rows: rows.toSorted((a, b) => ((a.customer ?? "") < (b.customer ?? "") ? -1 : 1)) };
}

test("whatever the order, and however often and late they are told, the rows are the same", () => {
  fc.assert(
    fc.property(
      life.chain((facts) =>
        fc.record({
          facts: fc.constant(facts),
          shuffled: fc.shuffledSubarray([...facts, ...facts], {
            minLength: facts.length * 2,
            maxLength: facts.length * 2,
          }),
          delays: fc.array(fc.integer({ min: 0, max: 3_600 }), {
            minLength: facts.length * 2,
            maxLength: facts.length * 2,
          }),
        }),
      ),
      ({ facts, shuffled, delays }) => {
        const delayed = shuffled.map((fact, index) => ({
          ...fact,
          receivedAt: fact.receivedAt + (delays[index] ?? 0) * second,
        }));
        expect(comparable(shuffled)).toEqual(comparable(facts));
        expect(comparable(delayed)).toEqual(comparable(facts));
      },
    ),
    { numRuns: 500 },
  );
});

test("every row has a failure and its times in order; no two rows are the same customer's", () => {
  fc.assert(
    fc.property(life, (facts) => {
      const rows = rowsOf(facts);
      expect(new Set(rows.map(({ customer }) => customer)).size).toBe(rows.length);
      for (const row of rows) {
        expect(row.firstFailureAt).toBeLessThanOrEqual(row.lastFailureAt);
        expect(row.tries).toBeGreaterThan(0);
        expect(row.episodes[0]?.[0]).toBe(row.firstFailureAt);
        expect(row.backAt ?? row.lastFailureAt).toBeGreaterThanOrEqual(row.lastFailureAt);
        for (const [index, [from, until]] of row.episodes.entries()) {
          if (until !== null) expect(until).toBeGreaterThanOrEqual(from);
          const next = row.episodes[index + 1];
          if (next) expect(next[0]).toBeGreaterThan(until ?? Infinity);
        }
      }
    }),
    { numRuns: 500 },
  );
});
