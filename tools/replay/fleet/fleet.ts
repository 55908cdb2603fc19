import { sleep } from "@mainstay/platform";
import { seededFractions } from "@mainstay/kernel";
import type { SoftwarePasskey } from "@mainstay/testkit/client";
import { createPhone, fleet_systems, type Phone, type PhoneWorld } from "./phone.ts";

/** How long a person looks at the first screen before they tap, in milliseconds: from, to. */
const think_ms = { min: 300, max: 2_500 } as const;
/** How long the app stays open after somebody is in, in milliseconds. */
const stay_ms = 12_000;
/**
 * How many times somebody taps in a row before they give up, and how many of a hundred do so nine times.
 */
const taps = { usual: 3, stubborn: 9, stubborn_percent: 10 } as const;

/** A fleet of phones, some of which are open at any time. */
export type Fleet = {
  readonly phones: readonly Phone[];
  /** Lets phones open the app and log in, so many a second, in turn, until told to stop. */
  readonly run: (perSecond: number) => { readonly stop: () => Promise<void>; readonly begun: () => number };
  /** Lets every phone open the app and log in once, so many at a time. */
  readonly everybodyOnce: (together: number) => Promise<void>;
  /** Phones whose app is open now. */
  readonly open: () => readonly Phone[];
};

/** Makes the phones: half of them run iOS, half Android, on two versions of each; owners by turns. */
function makePhones(world: PhoneWorld, options: FleetOptions, dice: () => number): Phone[] {
  return Array.from({ length: options.size }, (_, number): Phone => {
    const platform = number % 2 === 0 ? "ios" : "android";
    const systems = fleet_systems[platform];
    const customer = number % options.passkeys.length;
    return createPhone(world, {
      number,
      customer,
      platform,
      os: dice() < 0.7 ? systems[0] : systems[1],
      passkey: options.passkeys[customer] as SoftwarePasskey,
      memory: options.memoryOf(customer),
    });
  });
}

/** How many phones there are, and the passkeys of their owners. */
export type FleetOptions = {
  readonly size: number;
  readonly passkeys: readonly SoftwarePasskey[];
  /** What a customer's phone remembers: the token of its installation, or nothing. */
  readonly memoryOf: (customer: number) => string | null;
  readonly seed: number;
};

/** Makes a fleet. */
export function createFleet(world: PhoneWorld, options: FleetOptions): Fleet {
  const dice = seededFractions(options.seed);
  const phones = makePhones(world, options, dice);
  const open = new Set<Phone>();
  // Whose turn it is: mixed once, then round and round.
  const turns = phones.map((phone) => ({ phone, place: dice() })).toSorted((a, b) => a.place - b.place);

  async function visit(phone: Phone): Promise<void> {
    if (open.has(phone)) return;
    open.add(phone);
    try {
      await phone.open();
      await sleep(think_ms.min + dice() * (think_ms.max - think_ms.min));
      const isStubborn = phone.number % 100 < taps.stubborn_percent;
      await phone.logIn(isStubborn ? taps.stubborn : taps.usual);
      await sleep(stay_ms);
    } finally {
      phone.close();
      open.delete(phone);
    }
  }

  return {
    phones,
    open: () => [...open],
    everybodyOnce: async (together) => {
      const waiting = [...phones];
      const lane = async () => {
        for (let phone = waiting.pop(); phone !== undefined; phone = waiting.pop()) {
          await phone.open();
          await phone.logIn(taps.usual);
          phone.close();
        }
      };
      await Promise.all(Array.from({ length: together }, lane));
    },
    run: (perSecond) => {
      const visits = new Set<Promise<void>>();
      let begun = 0;
      const begin = performance.now();
      const timer = setInterval(() => {
        const due = Math.floor(((performance.now() - begin) / 1_000) * perSecond);
        for (; begun < due; begun += 1) {
          const phone = turns[begun % turns.length]?.phone;
          if (phone === undefined) continue;
          const visiting = visit(phone).finally(() => visits.delete(visiting));
          visits.add(visiting);
        }
      }, 20);
      return {
        begun: () => begun,
        stop: async () => {
          clearInterval(timer);
          await Promise.all(visits);
        },
      };
    },
  };
}
