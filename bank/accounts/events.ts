import type { Event } from "@mainstay/wire";

/** How many events may wait for one slow reader; beyond that its stream ends, and it reads anew. */
export const events_waiting_max = 200;
/** How many streams one person may hold at once: one a browser. */
export const streams_per_person_max = 8;

/** One open stream. */
export type Subscription = {
  /** The next events, in order; ends when the reader fell behind or was ended. */
  readonly events: AsyncIterable<Event>;
  /** Puts an event into this stream alone. */
  readonly push: (event: Event) => void;
  readonly end: () => void;
};

/**
 * Live news to whoever listens in this process. News that nobody hears is not kept: a client reads after a
 * gap.
 */
export type EventHub = {
  readonly isHeard: (personId: string) => boolean;
  readonly isAnyHeard: () => boolean;
  readonly send: (personId: string, event: Event) => void;
  readonly sendToAll: (event: Event) => void;
  /** Null where the person holds as many streams as they may. */
  readonly subscribe: (personId: string) => Subscription | null;
  readonly endAll: () => void;
};

type Reader = { readonly push: (event: Event) => void; readonly end: () => void };

/** Makes a hub. */
export function createEventHub(): EventHub {
  const readers = new Map<string, Set<Reader>>();

  function subscribe(personId: string): Subscription | null {
    const own = readers.get(personId) ?? new Set<Reader>();
    if (own.size >= streams_per_person_max) return null;
    const queue = createQueue(() => {
      own.delete(queue);
      if (own.size === 0 && readers.get(personId) === own) readers.delete(personId);
    });
    own.add(queue);
    readers.set(personId, own);
    return { events: queue.events, push: queue.push, end: queue.end };
  }

  function send(personId: string, event: Event): void {
    for (const reader of [...(readers.get(personId) ?? [])]) reader.push(event);
  }

  return {
    isHeard: (personId) => readers.has(personId),
    isAnyHeard: () => readers.size > 0,
    send,
    sendToAll: (event) => {
      for (const personId of [...readers.keys()]) send(personId, event);
    },
    subscribe,
    endAll: () => {
      for (const own of [...readers.values()]) for (const reader of [...own]) reader.end();
    },
  };
}

/** A bounded queue that one reader empties. Too much waiting ends it. */
function createQueue(onEnd: () => void): Reader & { readonly events: AsyncIterable<Event> } {
  const waiting: Event[] = [];
  let isEnded = false;
  let wake: () => void = () => undefined;

  function end(): void {
    if (isEnded) return;
    isEnded = true;
    onEnd();
    wake();
  }

  async function* read(): AsyncGenerator<Event> {
    try {
      while (true) {
        const next = waiting.shift();
        if (next !== undefined) yield next;
        else if (isEnded) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      end();
    }
  }

  return {
    push: (event) => {
      if (isEnded) return;
      if (waiting.length >= events_waiting_max) return end();
      waiting.push(event);
      wake();
    },
    end,
    events: { [Symbol.asyncIterator]: () => read() },
  };
}
