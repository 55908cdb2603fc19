import { expect, test } from "vitest";
import { withDraft, type MessageDraft } from "./message-draft.ts";

const draft = (text: string): MessageDraft => ({ subject: "", text, threadId: null, entryId: null });

test("a draft is kept under its conversation, and gone once it is empty", () => {
  const drafts = withDraft(withDraft({}, "thr_1", draft("Hello")), "new", draft("Hi"));
  expect(withDraft(drafts, "thr_1", draft(""))).toEqual({ new: draft("Hi") });
  expect(withDraft(drafts, "thr_1", draft("Hello!"))).toEqual({ new: draft("Hi"), thr_1: draft("Hello!") });
});

test("of very many drafts the one that was written to longest ago goes first", () => {
  let drafts = {};
  for (let index = 0; index < 25; index += 1) drafts = withDraft(drafts, `thr_${index}`, draft("x"));
  drafts = withDraft(drafts, "thr_5", draft("again"));
  drafts = withDraft(drafts, "thr_25", draft("x"));
  expect(Object.keys(drafts)).toHaveLength(20);
  expect(Object.keys(drafts)).toContain("thr_5");
  expect(Object.keys(drafts)).not.toContain("thr_6");
});
