import { afterEach, beforeEach, expect, test, vi } from "vitest";

const stored = new Map<string, string>();

beforeEach(() => {
  stored.clear();
  vi.stubGlobal("localStorage", {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, text: string) => void stored.set(name, text),
    removeItem: (name: string) => void stored.delete(name),
  });
});

afterEach(() => vi.unstubAllGlobals());

/** The page as it is after it has been loaded (again). */
async function loadPage() {
  vi.resetModules();
  return import("./draft.ts");
}

const tom = { name: "Tom Hartley", sortCode: "990122", accountNumber: "31175520" };

test("a repeat of the same content, also after a reload, is the same payment", async () => {
  const before = await loadPage();
  before.beginPayment({ payee: tom });
  before.changeDraft({ typed: "64.5" });
  const id = before.paymentIdOfDraft();
  expect(before.paymentIdOfDraft()).toBe(id);
  const after = await loadPage();
  expect(after.paymentIdOfDraft()).toBe(id);
});

test("content that has changed is another payment", async () => {
  const page = await loadPage();
  page.beginPayment({ payee: tom, typedMinor: 6450, reference: "Cottage" });
  const id = page.paymentIdOfDraft();
  page.changeDraft({ typed: "64.51" });
  expect(page.paymentIdOfDraft()).not.toBe(id);
});

test("what has been paid leaves nothing to be paid again", async () => {
  const before = await loadPage();
  before.beginPayment({ payee: tom, typedMinor: 5000 });
  const id = before.paymentIdOfDraft();
  before.dropDraft();
  const after = await loadPage();
  expect(after.paymentIdOfDraft()).not.toBe(id);
  expect([...stored.values()].join()).not.toContain("Tom Hartley");
});
