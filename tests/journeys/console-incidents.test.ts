import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { incident_id, incident_now } from "../support/console/incident.ts";
import { openConsole, type OpenConsole } from "../support/console/page.ts";
import { review_now } from "../support/console/review.ts";

let opened: OpenConsole;
let page: Page;

beforeAll(async () => {
  opened = await openConsole(incident_now);
  ({ page } = opened);
});

afterAll(() => opened.close());

test("incidents stand with what is open first, and ⌘K finds one by its title", async () => {
  await page.goto(`${opened.origin}/incidents`);
  await page.getByRole("row", { name: /INC-0041.*Watching 3 31 2 not back/ }).waitFor();
  await page.getByRole("link", { name: "Incidents 1 open" }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog", { name: "Go to" }).getByRole("textbox").fill("couldn’t log in");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: /INC-0041 Some people with iOS 27/ }).waitFor();
});

test("an incident's page has what happened, whom it kept out, what they are told, and clocks", async () => {
  await page.getByRole("row", { name: /^Sofia Lindgren iPhone 08:47:31 3 not yet 26 min 36 s$/ }).waitFor();
  await page.getByText("As Ruth sees it").waitFor();
  await page.getByText("Hello Ruth, at 08:41 our app refused").waitFor();
  await page.getByText("23 h 39 min").waitFor();
  // A name is plain text, whatever stands in it.
  await page.getByText("<b onmouseover=alert(1)>Grace</b>").waitFor();
  expect(await opened.barriers("incident")).toEqual([]);
});

test("J goes through the customers, and the preview speaks to whoever is chosen", async () => {
  await page.keyboard.press("j");
  await page.getByText("As Sofia sees it").waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("user_handle_missing", { exact: true }).waitFor();
  await page.keyboard.press("Enter");
});

test("a note is written between the lines of the record", async () => {
  await page.keyboard.press("t");
  await page.keyboard.type("Called <i>Sofia</i>: her phone is off");
  await page.keyboard.press("Enter");
  await page.getByRole("listitem").filter({ hasText: "Called <i>Sofia</i>: her phone is off" }).waitFor();
  await page.keyboard.press("Escape");
});

test("a message with a placeholder that nobody can fill in can't be saved", async () => {
  await page.keyboard.press("e");
  const text = page.getByLabel("Text", { exact: true });
  const before = await text.inputValue();
  await text.fill(`${before} {iban}`);
  await page.getByText("Nobody can fill in {iban}.").waitFor();
  expect(await page.getByRole("button", { name: "Save" }).isDisabled()).toBe(true);
  await text.fill(before.replace("We’re sorry", "We are sorry"));
  await page.keyboard.press("Control+Enter");
  await page.getByRole("button", { name: "Send to 31" }).waitFor();
  await page.getByText("We are sorry").first().waitFor();
});

test("the all clear says what is still open before it is given", async () => {
  await page.keyboard.press("Shift+C");
  const dialog = page.getByRole("dialog", { name: "All clear for INC-0041?" });
  await dialog.getByText("2 of 31 aren’t back in yet.").waitFor();
  await page.keyboard.press("Escape");
});

test("once two have signed, the page says how far the message is and what came back", async () => {
  opened.control.incidents.setSent();
  await page.reload();
  await page.getByText("26 of 29, 2 on their way, 1 came back or failed").waitFor();
  await page.goto(`${opened.origin}/messages`);
  await page.getByRole("row", { name: /You couldn’t log in this morning.*Sent 31/ }).waitFor();
  expect(await opened.barriers()).toEqual([]);
});

test("the status page can be made worse by hand, and never better", async () => {
  await page.goto(`${opened.origin}/status`);
  await page
    .getByRole("row", { name: /Pots as measured/ })
    .getByRole("button")
    .click();
  const dialog = page.getByRole("dialog", { name: "Pots" });
  expect(await dialog.getByRole("radio").count()).toBe(3);
  expect(await opened.barriers()).toEqual([]);
  await page.keyboard.press("Escape");
});

test("a review has its facts locked, and says what keeps it from being closed", async () => {
  await page.clock.setFixedTime(review_now);
  await page.goto(`${opened.origin}/incidents/${incident_id}/review`);
  await page.getByText("Close: 2 things are missing").waitFor();
  expect(await page.getByRole("link", { name: "31 people" }).getAttribute("href")).toBe(
    `/incidents/${incident_id}`,
  );
  expect(await opened.barriers("review")).toEqual([]);
});

test("what a colleague saves meanwhile is told, and neither text is lost", async () => {
  await page.keyboard.press("e");
  const text = page.getByLabel(/^Summary: figures of the record/);
  await text.fill("It was {people}.");
  opened.control.incidents.setSomebodyElse();
  await page.keyboard.press("Control+Enter");
  await page.getByText("Jonas Lindqvist saved it meanwhile. Yours is still here.").waitFor();
  expect(await text.inputValue()).toBe("It was {people}.");
  await page.getByRole("button", { name: "Keep mine" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("It was 31 people.").waitFor();
});

test("the one button that helps demands the check of every later version", async () => {
  await page.keyboard.press("r");
  await page.getByRole("button", { name: "Require it of every later version" }).click();
  await page.getByText("Close: 1 thing is missing").waitFor();
  // The one refusal was the one that was asked for.
  expect(opened.complaints).toEqual([expect.stringContaining("409")]);
});
