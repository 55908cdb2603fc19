import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock, systemRandom } from "@mainstay/platform";
import { expect, test } from "vitest";
import { playSmallStory } from "../../tools/replay/replay.ts";

/** How long the whole story may take on a busy machine, in milliseconds. */
const story_ms_max = 240_000;

test(
  "a release with which nobody can log in is taken back, told of to whom it concerns, and can't come again",
  { timeout: story_ms_max },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "mainstay-story-"));
    const said: string[] = [];
    try {
      const figures = await playSmallStory(
        { clock: systemClock, random: systemRandom, say: (line) => said.push(line) },
        folder,
      );
      expect(figures, said.join("\n")).toMatchObject({
        total: { alarmed: true, logins_failed_after_switch: 0, in_again_without_help: 1 },
        messaged: figures.affected,
        sets_equal: true,
        times_exact: true,
        status_steps_right: true,
        review_pdf: true,
        second_publish_refused: true,
        ledger_ok: true,
      });
      expect(figures.affected).toBeGreaterThan(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
