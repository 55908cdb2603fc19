import { expect, test } from "vitest";
import type { ComponentState } from "@mainstay/wire";
import { isFresh, shownState } from "./shown-status.ts";

const now = new Date("2026-11-24T09:00:00Z");
const status = (state: ComponentState, measuredAt: string | null) => ({
  measuredAt,
  components: [{ id: "payments" as const, name: "Payments", state, since: null, days: [], uptime: null }],
});

test("what worked a moment ago works; what was measured long ago, or never, isn't known to", () => {
  expect(shownState(status("works", "2026-11-24T08:59:40Z"), "payments", now)).toBe("works");
  expect(shownState(status("works", "2026-11-24T08:40:00Z"), "payments", now)).toBe("unknown");
  expect(shownState(status("works", null), "payments", now)).toBe("unknown");
  expect(isFresh(status("works", "2026-11-24T08:40:00Z"), now)).toBe(false);
});

test("what didn't work stays so, and what isn't named isn't known", () => {
  expect(shownState(status("down", "2026-11-24T08:40:00Z"), "payments", now)).toBe("down");
  expect(shownState(status("works", "2026-11-24T08:59:40Z"), "pots", now)).toBe("unknown");
});
