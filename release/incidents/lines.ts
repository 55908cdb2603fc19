import type { QueryExecutorProvider } from "kysely";
import * as store from "./store.ts";
import type { Line } from "./types.ts";

/** Writes a line and tells whoever watches; one that is there already changes nothing. */
export async function writeLine(
  turn: { readonly trx: QueryExecutorProvider },
  incidentId: string,
  line: Line,
): Promise<void> {
  const written = await store.insertLine(turn.trx, incidentId, line);
  if (written !== null) await store.notifyChange(turn.trx, written);
}
