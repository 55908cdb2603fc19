import type { CheckJourney } from "@mainstay/wire";
import { needed, type Cast, type SyntheticCustomer } from "./cast.ts";
import { CheckFailure } from "./failure.ts";
import {
  approvePayment,
  logIn,
  readDraft,
  recover,
  startPayment,
  undoPayment,
  waitForBalance,
  writeDraft,
} from "./person.ts";
import { openCheckPhone, type CheckPhone } from "./phone.ts";
import type { Track } from "./track.ts";

/** What is paid in so that there is something to send, and what home shows then. */
const paid_in = { amount: "25.00", shown: "£25.00" } as const;
const sent_amount = "1";
const day_ms = 86_400_000;
const draft_page = "/pay/new";

async function logInWhereMade(track: Track, cast: Cast, customer: SyntheticCustomer): Promise<CheckPhone> {
  const phone = await track.phone(customer.phone, "keep");
  await phone.use(cast.version);
  await track.step("is logged out", () => phone.endSession());
  await logInOn(track, phone, cast.version);
  return phone;
}

async function logInOn(track: Track, phone: CheckPhone, version: string): Promise<void> {
  await track.step(`${version} starts`, () => phone.start());
  await track.step("logs in with the passkey", () => logIn(phone.page));
  await track.step(`still runs ${version}`, () => phone.expectVersion());
}

async function logInElsewhere(
  track: Track,
  cast: Cast,
  options: { readonly customer: SyntheticCustomer; readonly clockAheadMs?: number },
): Promise<void> {
  const { customer, clockAheadMs = 0 } = options;
  const passkeys = await customer.phone.passkeys();
  const phone = await track.phone(openCheckPhone({ ...cast, passkeys, clockAheadMs }), "close");
  try {
    await logInOn(track, phone, cast.version);
  } finally {
    // This authenticator counts its uses; one that two phones share must go on counting.
    await customer.phone.synchronise(await phone.passkeys());
  }
}

async function approve(track: Track, cast: Cast): Promise<void> {
  const [own, other] = [await needed(cast.own), await needed(cast.other)];
  const { payIn } = cast.server;
  if (payIn === null) throw new CheckFailure("no_money_source", "there is nobody who could pay money in");
  const phone = await track.phone(own.phone, "keep");
  await phone.use(cast.version);
  await track.step(`${cast.version} starts`, () => phone.start());
  await track.step("is paid", () => payIn(own.account.iban, paid_in.amount));
  await track.step("sees the money", () => waitForBalance(phone.page, paid_in.shown));
  const payee = { name: other.name, ...other.account };
  await track.step("writes a payment", () => startPayment(phone.page, payee, sent_amount));
  await track.step("approves it with the passkey", () => approvePayment(phone.page));
  await track.step("takes it back in time", () => undoPayment(phone.page));
  await track.step(`still runs ${cast.version}`, () => phone.expectVersion());
}

async function recoverElsewhere(track: Track, cast: Cast): Promise<void> {
  const own = await needed(cast.own);
  const phone = await track.phone(openCheckPhone(cast), "close");
  await track.step(`${cast.version} starts`, () => phone.start("/recover"));
  await track.step("gets in with a recovery code and a new passkey", () =>
    recover(phone.page, own.email, own.codes[0] ?? ""),
  );
  await track.step(`still runs ${cast.version}`, () => phone.expectVersion());
}

/** Writes a draft on one version, then makes sure that another has it, and the session, and the device. */
async function changeVersion(
  track: Track,
  phone: CheckPhone,
  change: { readonly from: string; readonly to: string; readonly draft: string },
): Promise<void> {
  const { from, to, draft } = change;
  await track.step(`begins a payment on ${from}`, async () => {
    await phone.start(draft_page);
    await writeDraft(phone.page, draft);
  });
  const device = phone.deviceId();
  await phone.use(to);
  await track.step(`${to} starts, still logged in`, () => phone.start("/home"));
  await track.step("is still at home", async () => {
    await phone.page.getByRole("region", { name: "Current account" }).waitFor();
  });
  await track.step("finds what was begun", async () => {
    await phone.start(draft_page);
    const found = await readDraft(phone.page);
    if (found !== draft) throw new CheckFailure("draft_lost", `the draft reads “${found.slice(0, 40)}”`);
  });
  await track.step("is the same device to the bank", async () => {
    if (phone.deviceId() === device) return;
    throw new CheckFailure("device_key_lost", "the bank takes this phone for another one");
  });
}

async function update(track: Track, cast: Cast, older: string): Promise<void> {
  const other = await needed(cast.other);
  const phone = await track.phone(other.phone, "keep");
  await phone.use(older);
  await changeVersion(track, phone, { from: older, to: cast.version, draft: "Begun on the older one" });
}

async function backAgain(track: Track, cast: Cast, older: string): Promise<void> {
  const phone = await logInWhereMade(track, cast, await needed(cast.own));
  const device = phone.deviceId();
  await changeVersion(track, phone, { from: cast.version, to: older, draft: "Begun on the newer one" });
  await track.step("is logged out", () => phone.endSession());
  await logInOn(track, phone, older);
  await track.step("is the same device after logging in", async () => {
    if (phone.deviceId() === device) return;
    throw new CheckFailure("device_key_lost", `${older} made a new device key`);
  });
}

/** A journey of the matrix, ready to be run; null where it needs an older version and none is live. */
export type PlannedJourney = {
  readonly journey: CheckJourney;
  readonly run: ((track: Track) => Promise<void>) | null;
};

/**
 * The journeys of one version on one server, in two lanes that run side by side: one of those whom the
 * version registered itself (`register` has made `cast.own`), one of those whom the older version did. Within
 * a lane each goes on where the one before it left the phone.
 */
export function planJourneys(cast: Cast, register: (track: Track) => Promise<void>): PlannedJourney[][] {
  const { older } = cast;
  const withOlder = (run: (track: Track, version: string) => Promise<void>): PlannedJourney["run"] =>
    older === null ? null : (track) => run(track, older);
  return [
    [
      { journey: "register", run: register },
      { journey: "approve-payment", run: (track) => approve(track, cast) },
      {
        journey: "log-in-new-passkey-returning",
        run: async (track) => void (await logInWhereMade(track, cast, await needed(cast.own))),
      },
      {
        journey: "log-in-new-passkey-fresh",
        run: async (track) => logInElsewhere(track, cast, { customer: await needed(cast.own) }),
      },
      {
        journey: "log-in-clock-off",
        run: async (track) =>
          logInElsewhere(track, cast, { customer: await needed(cast.own), clockAheadMs: day_ms }),
      },
      { journey: "back-again", run: withOlder((track, version) => backAgain(track, cast, version)) },
    ],
    [
      { journey: "update", run: withOlder((track, version) => update(track, cast, version)) },
      {
        journey: "log-in-old-passkey-returning",
        run: withOlder(async (track) => void (await logInWhereMade(track, cast, await needed(cast.other)))),
      },
      {
        journey: "log-in-old-passkey-fresh",
        run: withOlder(async (track) => logInElsewhere(track, cast, { customer: await needed(cast.other) })),
      },
      { journey: "recover", run: (track) => recoverElsewhere(track, cast) },
    ],
  ];
}
