import Type from "typebox";
import { newId, type Clock, type Random } from "@mainstay/kernel";
import { createTokenMaker } from "@mainstay/platform";

/** How long ago phones that remember it logged in first, in milliseconds. */
const long_ago_ms = 20 * 86_400_000;

/**
 * What a phone keeps that logged in on the stable version some time ago, as the edge would have signed it
 * then: for a fleet that needn't play its past. Answers an installation's token for a customer's reference.
 */
export function createMemories(past: {
  readonly edgeSecret: string;
  readonly stable: string;
  readonly clock: Clock;
  readonly random: Random;
}): (customer: string) => string {
  const { stable, clock } = past;
  const tokens = createTokenMaker(past.edgeSecret, "installation", Type.Unknown());
  return (customer) =>
    tokens.sign({
      i: newId("ins", past),
      k: clock.now().getTime() - long_ago_ms,
      c: customer,
      ...{ h: [stable], p: [], b: [], a: stable },
    });
}
