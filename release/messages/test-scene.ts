import { addMs, asId, newId, ok, type Result } from "@mainstay/kernel";
import type { AffectedPerson, IncidentRecord, Line } from "@mainstay/incidents";
import { createDatabase, createLogger, type Database } from "@mainstay/platform";
import { staffMigrations, type Confirmations, type StaffMember } from "@mainstay/staff";
import { createTestDatabase, fakeClock, seededRandom } from "@mainstay/testkit";
import type { DeliveryChanges, IncidentBanners, MessageDelivery } from "@mainstay/wire";
import { messagesMigrations } from "./index.ts";
import { createMessages, type MessagesService } from "./service.ts";
import type { IncidentsPort, MessageBank, Refusal } from "./types.ts";

/** Members of staff for tests. */
export const priya: StaffMember = {
  id: asId("staff", `staff_${"p".repeat(22)}`),
  name: "Priya Nair",
  roles: ["release-manager"],
};
export const tom: StaffMember = {
  id: asId("staff", `staff_${"t".repeat(22)}`),
  name: "Tom Okafor",
  roles: ["release-manager"],
};
export const viewer = { id: tom.id, mayAct: true };

/** A value, or a test that says which refusal came instead. */
export function valueOf<T>(result: Result<T, Refusal>): T {
  if (!result.ok) throw new Error(`refused: ${result.error.code} ${result.error.detail ?? ""}`);
  return result.value;
}
/** The code of a refusal, or undefined. */
export function codeOf(result: Result<unknown, Refusal>): string | undefined {
  return result.ok ? undefined : result.error.code;
}

export const incident_id = `inc_${"1".repeat(22)}`;
export const rolled_back_at = new Date("2026-11-23T08:53:09Z");

/** The incident of the tests: a version that was rolled back. */
export function incidentOf(said: Partial<IncidentRecord> = {}): IncidentRecord {
  return {
    id: incident_id,
    number: "INC-0041",
    title: "Some people with iOS 27.1 couldn’t log in with 8.4.1",
    state: "monitoring",
    severity: 3,
    source: "guard",
    openedAt: rolled_back_at,
    openedBy: { id: "guard", name: "The guard" },
    resolvedAt: null,
    takenBackAt: rolled_back_at,
    commander: null,
    mergedInto: null,
    scope: {
      versions: ["8.4.1"],
      platforms: ["ios"],
      components: ["log-in"],
      from: addMs(rolled_back_at, -3_600_000),
      until: rolled_back_at,
    },
    reviewedAt: null,
    ...said,
  };
}

/** Somebody who was kept out at 08:41:12 and, unless said otherwise, was back in 22 minutes later. */
export function personOf(customer: string, said: Partial<AffectedPerson> = {}): AffectedPerson {
  const firstFailureAt = new Date("2026-11-23T08:41:12Z");
  return {
    customer,
    isRegistration: false,
    installations: [`ins_of_${customer}`],
    firstFailureAt,
    lastFailureAt: addMs(firstFailureAt, 90_000),
    backAt: addMs(firstFailureAt, 1_312_000),
    isBack: true,
    out_ms: 1_312_000,
    tries: 4,
    ...said,
  };
}

/** Signatures that always fit: what passkeys prove is tested where they are. */
function createConfirmations(clock: { now: () => Date }): Confirmations {
  const texts = new Map<string, string>();
  const deps = { clock, random: seededRandom(9) };
  return {
    begin: async (_staff, text) => {
      const id = newId("apc", deps);
      texts.set(id, text);
      return { id, options: { challenge: "c" } as never, expiresAt: addMs(clock.now(), 300_000) };
    },
    finish: async ({ staff, id, text, credential }) => {
      if (texts.get(id) !== text) return { ok: false, error: "confirmation_refused" };
      texts.delete(id);
      return ok({ personId: staff.id, nonce: "", publicKey: { algorithm: -7, spki: "" }, credential });
    },
  };
}

/** A bank that takes each delivery once, and can be away, lose its answer, or refuse a delivery. */
export function createFakeBank() {
  const state = {
    /** Thrown before anything is taken, or after all was. */
    isAway: false,
    losesAnswers: false,
    /** Takes that many of a batch, and then never answers: whoever asked is as good as killed. */
    hangsAfter: null as { readonly takes: number; readonly asked: () => void } | null,
    unknown: new Set<string>(),
    /** What customers are called. */
    names: new Map<string, string>(),
    refuses: new Set<string>(),
    taken: new Map<string, MessageDelivery>(),
    batches: [] as (readonly MessageDelivery[])[],
    banners: [] as IncidentBanners["banners"],
    bannersPut: 0,
    changes: [] as DeliveryChanges["changes"],
  };
  const bank: MessageBank = {
    deliverMessages: async (deliveries) => {
      state.batches.push(deliveries);
      if (state.isAway) throw new Error("the bank is away");
      if (deliveries.some(({ customer }) => state.refuses.has(customer))) return null;
      const { hangsAfter } = state;
      const reached = hangsAfter === null ? deliveries : deliveries.slice(0, hangsAfter.takes);
      const outcomes = reached.map((delivery) => {
        const { id, customer } = delivery;
        if (state.unknown.has(customer)) return { id, outcome: "unknown" as const };
        const isKnown = state.taken.has(id);
        if (!isKnown) state.taken.set(id, delivery);
        return { id, outcome: isKnown ? ("known" as const) : ("taken" as const) };
      });
      if (hangsAfter !== null) {
        hangsAfter.asked();
        return new Promise(() => undefined);
      }
      if (state.losesAnswers) throw new Error("the answer was lost");
      return outcomes;
    },
    deliveryChanges: async (after) => state.changes.filter(({ number }) => number > after).slice(0, 500),
    namesInText: async (customers, text) => {
      if (state.isAway) throw new Error("the bank is away");
      return customers.filter((one) => text.includes(state.names.get(one) ?? "\0")).length;
    },
    putBanners: async (banners) => {
      if (state.isAway) throw new Error("the bank is away");
      state.bannersPut += 1;
      state.banners = banners;
    },
  };
  return { bank, state };
}

/** Incidents as a test writes them. */
export function createFakeIncidents() {
  const record = {
    incident: incidentOf() as IncidentRecord | null,
    people: [] as AffectedPerson[],
    unknown: 0,
    open: true,
    lines: new Map<string, Line>(),
  };
  const incidents: IncidentsPort = {
    find: async (id) => (id === record.incident?.id ? record.incident : null),
    affectedPeople: async () => ({ people: [...record.people], unknown: record.unknown }),
    listOpen: async () => (record.open && record.incident ? [record.incident] : []),
    recordIn: async (_trx, _id, line) => {
      if (!record.lines.has(line.happening)) record.lines.set(line.happening, line);
    },
    listen: () => () => undefined,
  };
  return { record, incidents };
}

/** Messages on a database of their own, with incidents and a bank that a test writes by hand. */
export async function createScene() {
  const modules = [staffMigrations, messagesMigrations];
  const made = await createTestDatabase({ modules, role: "mainstay_control" });
  const clock = fakeClock("2026-11-23T09:11:48Z");
  const random = seededRandom(5);
  const { bank, state } = createFakeBank();
  const { record, incidents } = createFakeIncidents();
  const opened: { database: Database; service: MessagesService }[] = [];
  /** Another process of control on the same database. */
  const open = (): MessagesService => {
    const database = createDatabase({ url: made.url, connections_max: 4, applicationName: "test" });
    const service = createMessages({
      ...{ database, clock, random, bank },
      log: createLogger({ name: "test", level: "silent" }),
      confirmations: createConfirmations(clock),
      incidents,
    });
    opened.push({ database, service });
    return service;
  };
  const service = open();
  const commandId = () => newId("cmd", { clock, random });
  const sign = async (staff: StaffMember, messageId: string) => {
    const options = await service.signOptions(staff, messageId);
    if (!options.ok) return options;
    return service.sign(staff, { messageId, ceremonyId: options.value.id, credential: {} as never });
  };
  return {
    ...{ clock, random, bank: state, record, service, open, commandId, sign, database: made },
    /** A draft from the record; with other words, where they are given. */
    draft: async (words?: { readonly subject?: string; readonly text: string }): Promise<string> => {
      const incidentId = record.incident?.id ?? incident_id;
      const id = valueOf(await service.draft(priya, { commandId: commandId(), incidentId }));
      if (words === undefined) return id;
      const edited = await service.edit(priya, {
        ...{ messageId: id, commandId: commandId(), draft: 1, channels: ["inbox", "email"] },
        ...{ subject: words.subject ?? "You couldn’t log in", text: words.text },
      });
      return valueOf(edited);
    },
    signBoth: async (messageId: string) => {
      valueOf(await sign(priya, messageId));
      valueOf(await sign(tom, messageId));
    },
    /** Lets time pass until nothing more is done. */
    settle: async (one = service, turns_max = 200) => {
      for (let turn = 0; turn < turns_max; turn += 1) {
        clock.advance(1_000);
        if (!(await one.work())) return;
      }
    },
    close: async () => {
      for (const one of opened) await one.service.stop();
      for (const one of opened) await one.database.close();
      await made.drop();
    },
  };
}
export type Scene = Awaited<ReturnType<typeof createScene>>;
