import { sql as raw } from "kysely";
import type { Inbox } from "@mainstay/wire";
import type { Sql, Transaction } from "./deps.ts";

/** The most banners that one customer sees. */
const banners_shown_max = 5;

/** A line and those whom it concerns. */
export type StoredBanner = {
  readonly incident: string;
  readonly title: string;
  readonly text: string;
  readonly updatedAt: Date;
  readonly people: readonly string[];
};

/**
 * Replaces the whole list. Answers the people for whom something has changed: who sees a line now, sees
 * another one, or sees none any more.
 */
export async function replaceBanners(
  sql: Transaction,
  banners: readonly StoredBanner[],
): Promise<readonly string[]> {
  // One list at a time: a later one is not to be mixed with what is being written.
  await raw`LOCK TABLE inbox.banners IN SHARE ROW EXCLUSIVE MODE`.execute(sql);
  const changed = new Set<string>();
  const add = ({ rows }: { rows: readonly { person_id: string }[] }): void => {
    for (const row of rows) changed.add(row.person_id);
  };
  const incidents = banners.map((banner) => banner.incident);
  add(
    await raw<{ person_id: string }>`
      DELETE FROM inbox.banner_people
       WHERE incident <> ALL (${incidents}::TEXT[])
      RETURNING person_id`.execute(sql),
  );
  await raw`DELETE FROM inbox.banners WHERE incident <> ALL (${incidents}::TEXT[])`.execute(sql);
  for (const banner of banners) {
    const { numAffectedRows } = await raw`
      INSERT INTO inbox.banners AS known (incident, title, text, updated_at)
      VALUES (${banner.incident}, ${banner.title}, ${banner.text}, ${banner.updatedAt})
      ON CONFLICT (incident) DO UPDATE
         SET title = EXCLUDED.title,
             text = EXCLUDED.text,
             updated_at = EXCLUDED.updated_at
       WHERE (known.title, known.text, known.updated_at)
             IS DISTINCT FROM (EXCLUDED.title, EXCLUDED.text, EXCLUDED.updated_at)`.execute(sql);
    add(
      await raw<{ person_id: string }>`
        DELETE FROM inbox.banner_people
         WHERE incident = ${banner.incident}
           AND person_id <> ALL (${banner.people}::TEXT[])
        RETURNING person_id`.execute(sql),
    );
    add(
      await raw<{ person_id: string }>`
        INSERT INTO inbox.banner_people (incident, person_id)
        SELECT DISTINCT ${banner.incident}, person_id
          FROM unnest(${banner.people}::TEXT[]) AS person_id
        ON CONFLICT DO NOTHING
        RETURNING person_id`.execute(sql),
    );
    if (numAffectedRows === 1n) for (const person of banner.people) changed.add(person);
  }
  return [...changed];
}

type BannerRow = {
  readonly incident: string;
  readonly title: string;
  readonly text: string;
  readonly updated_at: Date;
};

/** The lines that a customer sees, newest first. */
export async function bannersOf(sql: Sql, personId: string): Promise<Inbox["banners"]> {
  const { rows } = await raw<BannerRow>`
    SELECT banner.incident, banner.title, banner.text, banner.updated_at
      FROM inbox.banner_people AS concerned
      JOIN inbox.banners AS banner USING (incident)
     WHERE concerned.person_id = ${personId}
     ORDER BY banner.updated_at DESC, banner.incident
     LIMIT ${banners_shown_max}`.execute(sql);
  return rows.map((row) => ({
    incident: row.incident,
    title: row.title,
    text: row.text,
    updatedAt: row.updated_at.toISOString(),
  }));
}
