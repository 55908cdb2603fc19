import type { Identity } from "@mainstay/identity";
import { requireSecret, type HttpServer } from "@mainstay/platform";
import { edge_secret_header, NamesInTextAskSchema, NamesInTextSchema, withProblems } from "@mainstay/wire";

/** The largest question, in bytes: as many references as one may hold. */
const question_bytes_max = 1024 * 1024;

/** Letters and figures alone, in one form and case, words apart by one space, with a space at both ends. */
function plain(text: string): string {
  const words = text
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ");
  return ` ${words.trim()} `;
}

/**
 * Says whether a text names somebody: by first and last name side by side, or by a title and the last name. A
 * first name alone is also a word ("will", "grace", "may") and names nobody.
 */
export function isNamedIn(
  text: string,
  person: { readonly firstName: string; readonly name: string },
): boolean {
  const words = plain(text);
  const lastName = plain(person.name.slice(person.firstName.length)).trim();
  if (lastName === "") return false;
  const titled = ["mr", "mrs", "ms", "miss", "mx", "dr"].map((title) => ` ${title} ${lastName} `);
  return [plain(person.name), ...titled].some((name) => words.includes(name));
}

/**
 * Adds `POST /internal/names-in-text`: how many of these customers a text names, so that no message to many
 * holds one's name. Control, which asks, learns of nobody what they are called.
 */
export function addNamesRoute(
  server: HttpServer,
  deps: { readonly identity: Identity; readonly edgeSecret: string },
): void {
  server.post(
    "/internal/names-in-text",
    {
      onRequest: requireSecret(edge_secret_header, deps.edgeSecret),
      bodyLimit: question_bytes_max,
      schema: { hide: true, body: NamesInTextAskSchema, response: withProblems(NamesInTextSchema) },
    },
    async ({ body }) => {
      const people = await deps.identity.customers({ refs: body.customers });
      return { named: people.filter((person) => isNamedIn(body.text, person)).length };
    },
  );
}
