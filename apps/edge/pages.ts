import { answerFile, pageHeaders, type PagePolicy, type StaticFile } from "@mainstay/platform";
import type { Catalog } from "./catalog.ts";
import { answerProblem } from "./problems.ts";
import { is, isUnder, type Exchange, type Route } from "./route.ts";

const immutable = "public, max-age=31536000, immutable";
const revalidate = "no-cache";

/** Code comes from the boot layer and from published versions; the only worker is the boot layer's. */
const app_policy: PagePolicy = {
  code: ["/boot/", "/v/"],
  fonts: ["/boot/", "/v/"],
  worker: "/sw.js",
  trustedTypes: ["mainstay-boot"],
};

type Deps = {
  readonly origin: string;
  readonly bootFiles: ReadonlyMap<string, StaticFile>;
  readonly catalog: Catalog;
};

/** The routes of published versions and of the boot layer's files. */
export function fileRoutes({ bootFiles, catalog }: Deps): readonly Route[] {
  const bootFile = (nameOf: (path: string) => string, cacheControl: string) => (exchange: Exchange) => {
    const file = bootFiles.get(nameOf(exchange.path));
    if (file) answerFile(exchange.request, exchange.response, file, cacheControl);
    else answerProblem(exchange.response, "not_found");
  };
  const byPath = (path: string) => path.slice(1);
  /**
   * `/v/<version>/<path>`: looked up among the version's own files by name, so that no path can lead out of
   * it.
   */
  const answerVersionFile = async ({ request, response, path }: Exchange) => {
    const [, , version = "", ...rest] = path.split("/");
    const loaded = await catalog.version(version);
    const file = loaded?.files.get(rest.join("/"));
    if (file) answerFile(request, response, file, immutable);
    else answerProblem(response, "not_found");
  };
  return [
    { name: "/v/*", matches: isUnder("/v/"), answer: answerVersionFile },
    {
      name: "/boot/*",
      matches: isUnder("/boot/"),
      answer: bootFile((path) => path.slice("/boot/".length), immutable),
    },
    { name: "/icons/*", matches: isUnder("/icons/"), answer: bootFile(byPath, "public, max-age=86400") },
    { name: "/sw.js", matches: is("/sw.js"), answer: bootFile(byPath, revalidate) },
    {
      name: "/manifest.webmanifest",
      matches: is("/manifest.webmanifest"),
      answer: bootFile(byPath, revalidate),
    },
  ];
}

/** The boot page, at `/` and at any path of the app: no release can put another in its place. */
export function pageRoute({ origin, bootFiles }: Deps): Route {
  const page = Object.entries(pageHeaders(origin, app_policy));
  return {
    name: "page",
    matches: (path) => !path.slice(path.lastIndexOf("/")).includes("."),
    answer: ({ request, response }) => {
      for (const [name, value] of page) response.setHeader(name, value);
      // The user agent of some browsers says the same system for ever; the version comes by this hint.
      response.setHeader("accept-ch", "Sec-CH-UA-Platform, Sec-CH-UA-Platform-Version");
      const file = bootFiles.get("index.html");
      if (file) answerFile(request, response, file, revalidate);
      else answerProblem(response, "not_found");
    },
  };
}
