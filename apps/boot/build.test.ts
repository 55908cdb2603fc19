import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { boot_bytes_max, buildBoot, weighBoot } from "./build.ts";

test("the boot layer stays a few kilobytes", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mainstay-boot-weight-"));
  try {
    await buildBoot(join(folder, "built"));
    expect(await weighBoot(join(folder, "built"))).toBeLessThanOrEqual(boot_bytes_max);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
