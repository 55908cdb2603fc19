import { newId } from "@mainstay/kernel";
import { useState } from "react";
import { browserClock, browserRandom } from "../../browser.ts";
import { keep, readKept } from "../../kept.ts";

/**
 * A message that is being written. It is kept at each input, together with the ids under which this very
 * content was sent: a repeat is the same message, also after a reload or a change of version.
 */
export type MessageDraft = {
  readonly subject: string;
  readonly text: string;
  /** The ids of the commands, once this content has been sent; a change of content takes new ones. */
  readonly threadId: string | null;
  readonly entryId: string | null;
};

/** The most conversations whose drafts are kept; the one that was written to longest ago goes first. */
const drafts_max = 20;

const empty: MessageDraft = { subject: "", text: "", threadId: null, entryId: null };

type Drafts = Readonly<Record<string, MessageDraft>>;

/** The drafts with one changed, put last; an empty one is dropped. */
export function withDraft(drafts: Drafts, name: string, draft: MessageDraft): Drafts {
  const others = Object.entries(drafts).filter(([other]) => other !== name);
  const isEmpty = draft.subject === "" && draft.text === "";
  const all: [string, MessageDraft][] = isEmpty ? others : [...others, [name, draft]];
  return Object.fromEntries(all.slice(-drafts_max));
}

function save(name: string, draft: MessageDraft): void {
  keep("draft.messages", withDraft(readKept<Drafts>("draft.messages") ?? {}, name, draft));
}

/** The draft of a conversation by its id, or of a new one ("new"). */
export function useMessageDraft(name: string) {
  const [draft, setDraft] = useState<MessageDraft>(() => ({
    ...empty,
    ...readKept<Drafts>("draft.messages")?.[name],
  }));
  const set = (changed: MessageDraft): void => {
    setDraft(changed);
    save(name, changed);
  };
  return {
    draft,
    change: (change: Partial<Pick<MessageDraft, "subject" | "text">>) =>
      set({ ...draft, ...change, threadId: null, entryId: null }),
    /** The ids under which this content is sent: the same for every try. */
    ids: () => {
      const made = { clock: browserClock, random: browserRandom };
      const ids = {
        threadId: draft.threadId ?? newId("thr", made),
        entryId: draft.entryId ?? newId("ent", made),
      };
      set({ ...draft, ...ids });
      return ids;
    },
    drop: () => set(empty),
  };
}
