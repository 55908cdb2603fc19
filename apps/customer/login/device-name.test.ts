import { expect, test } from "vitest";
import { deviceName } from "./device-name.ts";

const engine = "AppleWebKit/537.36 (KHTML, like Gecko)";
const safari = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1";

test.each([
  [
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${engine} Chrome/153.0.0.0 Safari/537.36`,
    "Chrome on a Mac",
  ],
  [`Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) ${safari}`, "Safari on an iPhone"],
  [
    `Mozilla/5.0 (Linux; Android 10; K) ${engine} Chrome/153.0.0.0 Mobile Safari/537.36`,
    "Chrome on an Android phone",
  ],
  ["something else", "A browser on a device"],
])("%s", (userAgent, name) => {
  expect(deviceName(userAgent)).toBe(name);
});
