import { OperatorError } from "@mainstay/platform/embedded-postgres";
import { platforms, type Platform } from "@mainstay/wire";

/** Reads `ios,android,web`. */
export function readPlatforms(written: string): Platform[] {
  const named = written.split(",").map((name) => name.trim());
  const known = platforms.filter((platform) => named.includes(platform));
  if (known.length === 0 || known.length !== new Set(named).size) {
    throw new OperatorError(`--platforms takes some of ${platforms.join(",")}, and is "${written}".`);
  }
  return known;
}
