import fc from "fast-check";
import { XmlDocument } from "libxml2-wasm";
import { describe, expect, test } from "vitest";
import { status_components, type Status } from "@mainstay/wire";
import { daysUntil } from "../days.ts";
import { isWorse, worstOf } from "../rules.ts";
import { atomOf, component_names, headSentence, messageOf, pageOf, statusStyle, worsened } from "./index.ts";

const now = new Date("2026-11-23T12:00:00Z");
const fine = { unheardSince: null, isBankReady: true } as const;

/** A status with one incident, whose words somebody has tried to make into something else. */
function statusOf(changes: Partial<Status> = {}): Status {
  const days = daysUntil(now).map((date) => ({ date, state: "works" as const, partly_s: 0, down_s: 0 }));
  const components = status_components.map((id, index) =>
    index < 3
      ? {
          id,
          name: component_names[id],
          state: "works" as const,
          since: now.toISOString(),
          days,
          uptime: 0.99999,
        }
      : { id, name: component_names[id], state: "not-offered" as const, since: null, days: [], uptime: null },
  );
  return {
    overall: "works",
    sentence: headSentence(components),
    measuredAt: now.toISOString(),
    components,
    incidents: [
      {
        number: "INC-0001",
        title: `Log in <script>alert("1")</script>`,
        components: ["log-in"],
        state: "works-again",
        startedAt: "2026-11-23T08:41:00.000Z",
        endedAt: "2026-11-23T09:31:00.000Z",
        updates: [
          { at: "2026-11-23T09:34:00.000Z", state: "works-again", text: "All <b>31</b> & one are back." },
          { at: "2026-11-23T08:58:00.000Z", state: "looking-into-it", text: "Some can’t log in." },
        ],
      },
    ],
    ...changes,
  };
}

describe("the page", () => {
  test("has no script, nothing inline, and shows words as words", () => {
    const html = pageOf({ status: statusOf(), sight: fine, now, isHistory: false });
    expect(html).not.toMatch(/<script|style=|\son\w+=|<b>31/i);
    expect(html).toContain("&lt;script&gt;");
    expect(html).toContain("Everything works");
    // 99.999 % isn't all of the time.
    expect(html).toContain("99.99 %");
    expect(html).not.toContain("100.00 %");
  });

  test("says since when nothing can be measured, and that the bank doesn't answer", () => {
    const sight = { unheardSince: "2026-11-23T11:30:00.000Z", isBankReady: false };
    const html = pageOf({ status: worsened(statusOf(), sight), sight, now, isHistory: false });
    expect(html).toContain("We haven’t been able to measure since 11:30. The bank doesn’t answer.");
    expect(html).toContain("Mainstay doesn’t work at the moment");
  });

  test("keeps what is long over for the history", () => {
    const later = new Date("2026-12-01T12:00:00Z");
    const draw = (isHistory: boolean) => pageOf({ status: statusOf(), sight: fine, now: later, isHistory });
    expect(draw(false)).not.toContain("INC-0001");
    expect(draw(true)).toContain("INC-0001");
  });

  test("a small page's form carries a token as text", () => {
    const button = { label: "Yes", action: "/status/confirm", token: `"><script>` };
    expect(messageOf({ title: "T", text: "<i>", button })).not.toMatch(/<script>|<i>/);
  });

  test("the style sheet has every colour in both themes and loads nothing from elsewhere", () => {
    const style = statusStyle("/boot/inter-1.woff2");
    expect(style).toContain("prefers-color-scheme: dark");
    expect([...style.matchAll(/url\(([^)]*)\)/g)].map(([, url]) => url)).toEqual([`"/boot/inter-1.woff2"`]);
  });
});

test("what the edge sees itself only ever makes it worse, and is never green without control or bank", () => {
  const states = fc.constantFrom("works", "partly", "down", "unknown");
  const times = fc.constantFrom(null, "2026-11-23T11:00:00.000Z");
  fc.assert(
    fc.property(fc.tuple(states, states, states), times, fc.boolean(), (given, unheardSince, isBankReady) => {
      const base = statusOf();
      const components = base.components.map((one, index) => ({ ...one, state: given[index] ?? one.state }));
      const status = { ...base, components, overall: worstOf(given) };
      const shown = worsened(status, { unheardSince, isBankReady });
      for (const [index, { state }] of shown.components.entries()) {
        const before = given[index];
        if (state === "not-offered" || before === undefined) continue;
        expect(isWorse(before, state)).toBe(false);
        if (unheardSince !== null || !isBankReady) expect(state).not.toBe("works");
      }
      if (unheardSince !== null || !isBankReady) expect(shown.overall).not.toBe("works");
    }),
  );
});

describe("the feed", () => {
  const origin = "http://localhost:8080";
  const namespace = { a: "http://www.w3.org/2005/Atom" };

  test("is well-formed Atom with what RFC 4287 demands of a feed and of each entry", () => {
    const document = XmlDocument.fromString(atomOf(statusOf(), origin));
    const all = (path: string) => document.find(path, namespace).map((node) => node.content);
    for (const name of ["id", "title", "updated"]) expect(all(`/a:feed/a:${name}`)).toHaveLength(1);
    expect(all("/a:feed/a:author/a:name")).toEqual(["Mainstay"]);
    expect(all("/a:feed/a:link[@rel='self']/@href")).toEqual([`${origin}/status.atom`]);
    const entries = document.find("/a:feed/a:entry", namespace);
    expect(entries).toHaveLength(2);
    for (const name of ["id", "title", "updated", "content"])
      expect(all(`//a:entry/a:${name}`)).toHaveLength(2);
    expect(all("//a:entry/a:content")[0]).toBe("All <b>31</b> & one are back.");
    for (const at of all("//a:updated")) expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const ids = all("//a:id");
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids)
      expect(id).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-9[0-9a-f]{3}-[0-9a-f]{12}$/);
    document.dispose();
  });

  test("an entry keeps its id when its text is amended, and when others come before it", () => {
    const idsOf = (status: Status) =>
      [...atomOf(status, origin).matchAll(/<entry>\n<id>(.*)<\/id>/g)].map(([, id]) => id);
    const base = statusOf();
    const [incident] = base.incidents;
    if (incident === undefined) throw new Error("there is one");
    const [last, first] = incident.updates;
    if (last === undefined || first === undefined) throw new Error("there are two");
    const amended = { ...incident, updates: [{ ...last, text: "Put otherwise." }, first] };
    expect(idsOf({ ...base, incidents: [amended] })).toEqual(idsOf(base));
  });

  test("is valid before anything has ever happened", () => {
    const empty = statusOf({ incidents: [] });
    const components = empty.components.map((component) => ({ ...component, since: null }));
    const document = XmlDocument.fromString(atomOf({ ...empty, components }, origin));
    expect(document.find("/a:feed/a:updated", namespace)).toHaveLength(1);
    document.dispose();
  });
});
