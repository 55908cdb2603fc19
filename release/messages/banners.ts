import { createHash } from "node:crypto";
import type { IncidentBanners } from "@mainstay/wire";
import { banner_customers_max, banners_again_ms, banners_max } from "./limits.ts";
import { bannerOf } from "./template.ts";
import type { Context } from "./types.ts";

/** Tells the bank who sees which line in the app. */
export type BannerTeller = {
  /** Tells it where something has changed, or where it is time to say it again; false where it wasn't. */
  readonly tell: () => Promise<boolean>;
};

/** The lines of all open incidents, each with the customers whom it concerns; who is out comes first. */
async function bannersNow({ incidents, log }: Context): Promise<IncidentBanners["banners"]> {
  const open = (await incidents.listOpen()).slice(0, banners_max);
  const banners = await Promise.all(
    open.map(async (incident) => {
      const { people } = await incidents.affectedPeople(incident.id);
      const customers = people
        .filter(({ isRegistration }) => !isRegistration)
        .toSorted((left, right) => Number(left.isBack) - Number(right.isBack))
        .map(({ customer }) => customer);
      if (customers.length > banner_customers_max) {
        const left = customers.length - banner_customers_max;
        log.error({ incident: incident.id, left }, "more customers are affected than a banner may list");
      }
      // The time of the line itself: it changes when what it says does.
      const updatedAt = (incident.takenBackAt ?? incident.scope.until ?? incident.openedAt).toISOString();
      return {
        incident: incident.id,
        ...bannerOf(incident),
        updatedAt,
        customers: customers.slice(0, banner_customers_max),
      };
    }),
  );
  return banners.filter(({ customers }) => customers.length > 0);
}

/** Makes the teller. What was told last is remembered in memory alone: a new process tells it anew. */
export function createBannerTeller(context: Context): BannerTeller {
  let told = { hash: "", at: 0 };
  return {
    tell: async () => {
      const banners = await bannersNow(context);
      const hash = createHash("sha256").update(JSON.stringify(banners)).digest("hex");
      const now = context.clock.now().getTime();
      if (hash === told.hash && now - told.at < banners_again_ms) return false;
      await context.bank.putBanners(banners);
      told = { hash, at: now };
      return true;
    },
  };
}
