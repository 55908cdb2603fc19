import { join, resolve } from "node:path";
import type { LoginProtocol } from "@mainstay/wire";
import customer from "../../apps/customer/vite.config.ts";

/**
 * The customer app's own build with another login protocol in the place of the one that it chooses: what
 * tests build versions with. The product isn't touched.
 */
const login_folder = resolve(import.meta.dirname, "../../apps/customer/login");

const module_of: Readonly<Record<LoginProtocol, { readonly file: string; readonly name: string }>> = {
  "login/1": { file: "login-1.ts", name: "login1" },
  "login/2": { file: "login-2.ts", name: "login2" },
};

function speak(speaks: LoginProtocol, declares: LoginProtocol) {
  const chosen = "\0mainstay-test-protocol";
  const { file, name } = module_of[speaks];
  return {
    name: "mainstay:test-protocol",
    enforce: "pre" as const,
    resolveId: (source: string, importer: string | undefined) =>
      /\/protocols\/login-\d\.ts$/.test(source) && importer === join(login_folder, "protocol.ts")
        ? chosen
        : null,
    load: (id: string) => {
      if (id !== chosen) return null;
      const names = Object.values(module_of).map((entry) => `chosen as ${entry.name}`);
      return [
        `import { ${name} as spoken } from ${JSON.stringify(join(login_folder, "protocols", file))};`,
        `const chosen = { ...spoken, name: ${JSON.stringify(declares)} };`,
        `export { ${names.join(", ")} };`,
      ].join("\n");
    },
  };
}

function told(name: string): LoginProtocol {
  const value = process.env[name];
  if (value === "login/1" || value === "login/2") return value;
  throw new Error(`${name} names no login protocol`);
}

export default {
  ...customer,
  plugins: [customer.plugins, speak(told("MAINSTAY_TEST_SPEAKS"), told("MAINSTAY_TEST_DECLARES"))],
};
