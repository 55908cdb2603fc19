import fc from "fast-check";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { messageIdOf, type Delivery } from "@mainstay/mail";
import { attempts_max } from "./rules.ts";
import { doubt_ms } from "./senders.ts";
import { ada, browserKeys, createInboxScene } from "./test-scene.ts";

const scene = await createInboxScene();
const { inbox, outside, clock, delivery, statesOf } = scene;
afterAll(scene.close);
beforeEach(async () => {
  scene.calm();
  // What earlier tests left waiting is not this one's.
  while ((await inbox.work.sendNextEmail()) || (await inbox.work.sendNextPush()));
  scene.calm();
});

/** Takes one e-mail for delivery; answers its id. */
async function waiting(changes: Parameters<typeof delivery>[0] = {}): Promise<string> {
  const given = delivery({ channels: ["email"], ...changes });
  await inbox.deliver([given]);
  return given.id;
}

/** Runs the sender until nothing is due. */
async function sendAll(bank = inbox): Promise<void> {
  while ((await bank.work.clearUpNext()) || (await bank.work.sendNextEmail()));
}

const problem = "a problem";
const mailsOf = (id: string) => outside.mails.filter((mail) => mail.id === id).length;

describe("e-mails", () => {
  it("go out urgent ones first, and then in the order in which they came", async () => {
    const first = await waiting();
    clock.advance(10);
    const urgent = await waiting({ isUrgent: true });
    clock.advance(10);
    await sendAll();
    expect(outside.mails.map(({ id }) => id)).toEqual([urgent, first]);
    expect(await statesOf(first)).toEqual({ email: "sent" });
  });

  it("that a server puts off are tried with growing waits, and given up after the last", async () => {
    let tries = 0;
    outside.deliver = async () => {
      tries += 1;
      return { state: "again", problem: "451 later" };
    };
    const id = await waiting();
    expect(await inbox.work.sendNextEmail()).toBe(true);
    expect(await inbox.work.sendNextEmail()).toBe(false);
    clock.advance(2_000);
    expect(await inbox.work.sendNextEmail()).toBe(true);
    clock.advance(2_000);
    expect(await inbox.work.sendNextEmail()).toBe(false);
    expect(await statesOf(id)).toEqual({ email: "waiting" });
    for (let attempt = 0; attempt < attempts_max + 3; attempt += 1) {
      clock.advance(10 * 60_000);
      await sendAll();
    }
    expect([tries, await statesOf(id)]).toEqual([attempts_max, { email: "failed" }]);
  });

  it("that a server refuses for good are failed at once, and say why", async () => {
    outside.deliver = async () => ({ state: "never", problem: "550 no such mailbox" });
    const id = await waiting();
    await sendAll();
    const changes = (await inbox.changesAfter(0)).filter((change) => change.id === id);
    expect(changes.at(-1)).toMatchObject({ state: "failed", problem: "550 no such mailbox" });
  });

  it("that come back are bounced, also before the sender has heard that they were taken", async () => {
    const [early, late] = [await waiting(), await waiting()];
    const bounce = (id: string) => ({
      number: (outside.events.at(-1)?.number ?? 0) + 1,
      messageId: messageIdOf(id),
      kind: "bounced" as const,
      at: clock.now(),
      reason: "550 5.1.1 No such mailbox",
    });
    outside.deliver = async (email) => {
      outside.mails.push(email);
      if (email.id === early) {
        outside.events.push(bounce(email.id));
        await inbox.work.takeMailEvents();
      }
      return { state: "sent" };
    };
    await sendAll();
    expect(await statesOf(late)).toEqual({ email: "sent" });
    outside.events.push({ ...bounce(late), messageId: "<evt_of_another@mainstay.example>" }, bounce(late));
    outside.events.forEach((event, index) => Object.assign(event, { number: index + 1 }));
    await inbox.work.takeMailEvents();
    expect(await inbox.work.takeMailEvents()).toBe(false);
    expect([await statesOf(early), await statesOf(late)]).toEqual([
      { email: "bounced" },
      { email: "bounced" },
    ]);
  });
});

describe("an e-mail of which nobody knows whether it was taken", () => {
  it.each([
    ["was", true],
    ["was not", false],
  ])("that %s taken arrives once", async (_word, isTaken) => {
    outside.deliver = async (email): Promise<Delivery> => {
      outside.deliver = async (again) => {
        outside.mails.push(again);
        return { state: "sent" };
      };
      if (isTaken) outside.mails.push(email);
      return { state: "uncertain", problem };
    };
    const id = await waiting();
    await sendAll();
    expect(await statesOf(id)).toEqual({ email: "uncertain" });
    clock.advance(doubt_ms);
    await sendAll();
    expect([mailsOf(id), await statesOf(id)]).toEqual([1, { email: "sent" }]);
  });

  it("stays so, and is not sent again, while the provider can't be asked", async () => {
    outside.deliver = async (email) => {
      outside.mails.push(email);
      return { state: "uncertain", problem };
    };
    const id = await waiting();
    await sendAll();
    outside.find = async () => Promise.reject(new Error("away"));
    for (let round = 0; round < 5; round += 1) {
      clock.advance(60_000);
      await sendAll().catch(() => undefined);
    }
    expect([mailsOf(id), await statesOf(id)]).toEqual([1, { email: "uncertain" }]);
  });
});

describe("a kill in the middle", () => {
  /** Where the process ends: before the server has the e-mail, or once it has it. */
  const moments = ["before", "after"] as const;

  /** A bank that dies with one e-mail in hand: nobody ever writes what came of it. */
  async function dieAt(moment: (typeof moments)[number]): Promise<void> {
    const inHand = new Promise<void>((reached) => {
      outside.deliver = (email) => {
        if (moment === "after") outside.mails.push(email);
        reached();
        return new Promise<never>(() => undefined);
      };
    });
    void inbox.work.sendNextEmail();
    await inHand;
    outside.deliver = async (email) => {
      outside.mails.push(email);
      return { state: "sent" };
    };
  }

  async function untilAllSent(ids: readonly string[]): Promise<void> {
    for (;;) {
      const states = await Promise.all(ids.map(statesOf));
      if (states.every(({ email }) => email === "sent")) return;
      clock.advance(1_000);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  it("sends nobody twice and forgets nobody, whenever and however often it comes", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...moments), { minLength: 1, maxLength: 4 }),
        async (kills) => {
          scene.calm();
          const ids: string[] = [];
          for (const moment of kills) {
            ids.push(await waiting(), await waiting({ isUrgent: true }));
            await dieAt(moment);
            if (ids.length % 4 === 0) continue;
            const restarted = scene.restarted().start();
            await untilAllSent(ids);
            await restarted.stop();
          }
          const restarted = scene.restarted().start();
          await untilAllSent(ids);
          await restarted.stop();
          expect(ids.map(mailsOf)).toEqual(ids.map(() => 1));
        },
      ),
      { seed: 20_261_123, numRuns: 4 },
    );
  }, 30_000);
});

describe("pushes", () => {
  const endpoint = (name: string) => `https://fcm.googleapis.com/fcm/send/${name}`;
  const subscribe = (name: string) =>
    inbox.subscribe(
      { personId: ada.personId, deviceId: `dev_${name}` },
      { endpoint: endpoint(name), ...browserKeys() },
    );
  const isOn = async (name: string) =>
    (await inbox.pushKey({ personId: ada.personId, deviceId: `dev_${name}` })).isSubscribed;
  const pushAll = async () => {
    while (await inbox.work.sendNextPush());
  };

  it("go to each of the customer's devices, and hold the subject and no more", async () => {
    await subscribe("phone");
    await subscribe("laptop");
    const given = delivery();
    await inbox.deliver([given]);
    await pushAll();
    expect(outside.pushes.map(({ target }) => target.endpoint).toSorted()).toEqual([
      endpoint("laptop"),
      endpoint("phone"),
    ]);
    const { payload, topic } = outside.pushes[0]?.push ?? {};
    expect(payload).toEqual({
      subject: "Sorry about Tuesday",
      thread: expect.stringMatching(/^thr_/),
      tag: topic,
    });
    expect(await statesOf(given.id)).toMatchObject({ push: "sent" });
  });

  it("end a subscription that its service has forgotten; then there is no such channel", async () => {
    outside.pushOutcome = () => ({ state: "gone", problem: "410" });
    const given = delivery({ channels: ["push"] });
    await inbox.deliver([given]);
    await pushAll();
    expect([await isOn("phone"), await isOn("laptop")]).toEqual([false, false]);
    expect(await statesOf(given.id)).toEqual({ push: "none" });
  });

  it("wait for a service that is busy, for as long as it says", async () => {
    await subscribe("phone");
    outside.pushOutcome = () => ({ state: "again", problem: "429", retryAfter_ms: 60_000 });
    const given = delivery({ channels: ["push"] });
    await inbox.deliver([given]);
    await pushAll();
    clock.advance(30_000);
    expect(await inbox.work.sendNextPush()).toBe(false);
    outside.pushOutcome = () => ({ state: "sent" });
    clock.advance(30_000);
    await pushAll();
    expect(await statesOf(given.id)).toEqual({ push: "sent" });
  });

  it("that a service refuses are failed", async () => {
    outside.pushOutcome = () => ({ state: "never", problem: "the push service answered 403" });
    const given = delivery({ channels: ["push"] });
    await inbox.deliver([given]);
    await pushAll();
    expect(await statesOf(given.id)).toEqual({ push: "failed" });
  });
});
