import { join } from "node:path";
import { mergeConfig, type Plugin } from "vite";
import customer from "../../../apps/customer/vite.config.ts";

/** Puts the mistake in the place of the app's own module; everything else is the app as it is. */
function withMistake(): Plugin {
  return {
    name: "mainstay-replay-mistake",
    enforce: "pre",
    resolveId: (source) =>
      source.endsWith("/protocols/login-2.ts") ? join(import.meta.dirname, "login-2.ts") : null,
  };
}

export default mergeConfig(customer, { plugins: [withMistake()] });
