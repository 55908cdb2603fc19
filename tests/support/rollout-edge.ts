import { phonesOf } from "./edge-phones.ts";
import { startTestEdge } from "./test-edge.ts";
import { plannedRollout, planOf } from "./test-plan.ts";

/**
 * An edge whose catalog has three versions: the previous one, the stable one, and a candidate that nobody is
 * given until `rollOut`. `reset`, before each test, takes back what the one before it changed.
 */
export async function startRolloutEdge() {
  const edge = await startTestEdge();
  const previous = (await edge.publish("one")).version;
  const stable = (await edge.publish("two")).version;
  const candidate = (await edge.publish("three")).version;
  edge.clock.advance(1_000);
  return {
    edge,
    ...phonesOf(edge),
    previous,
    stable,
    candidate,
    rollOut: (change = {}) =>
      edge.control.set(planOf({ stable, previous, rollout: plannedRollout(candidate, change) })),
    reset: () => {
      edge.asked.length = 0;
      edge.control.control.age_ms = 0;
      edge.control.control.isAway = false;
      edge.control.control.signals.length = 0;
      edge.control.set(planOf({ stable, previous }));
      edge.clock.advance(60_000);
      edge.state.answer = (_request, response) => response.end("{}");
    },
  };
}
