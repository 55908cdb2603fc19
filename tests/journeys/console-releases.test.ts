import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { figures_now, healthy_id, rolled_back_id } from "../support/console/moment.ts";
import { openConsole, type OpenConsole } from "../support/console/page.ts";

let opened: OpenConsole;
let origin: string;
let page: Page;
let control: OpenConsole["control"];
let barriers: OpenConsole["barriers"];

beforeAll(async () => {
  opened = await openConsole(figures_now);
  ({ origin, page, control, barriers } = opened);
});

afterAll(() => opened.close());

test("the list says who is on what, and what is being rolled out", async () => {
  await page.goto(`${origin}/`);
  await page.getByRole("heading", { name: "Releases", exact: true }).waitFor();
  await page.getByRole("region", { name: "Rollout of 8.5.0" }).waitFor();
  await page.getByText("98.80 %").waitFor();
  await page.getByRole("row", { name: /8\.4\.2 Stable/ }).waitFor();
  expect(await barriers("releases")).toEqual([]);
});

test("one platform alone is shown when it is asked for", async () => {
  await page.keyboard.press("/");
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => page.getByRole("columnheader", { name: "Android" }).count()).toBe(0);
  await page.getByText("151,207 devices on 5 versions").waitFor();
  await page.keyboard.press("ArrowLeft");
  await page.getByRole("columnheader", { name: "Android" }).waitFor();
});

test("two versions are compared by what their manifests say", async () => {
  await page.keyboard.press("c");
  const dialog = page.getByRole("dialog", { name: "Compare two versions" });
  await dialog.getByRole("row", { name: "Login protocol login/2 login/3" }).waitFor();
  await dialog.getByRole("row", { name: /assets\/passkey\.js changed/ }).waitFor();
  expect(await barriers()).toEqual([]);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
});

test("a new rollout says what its checks say and whom each stage touches", async () => {
  await page.keyboard.press("n");
  const dialog = page.getByRole("dialog", { name: "New rollout" });
  await dialog.getByText("1 of 60 checks is red.").waitFor();
  expect(await dialog.getByRole("button", { name: "Start" }).isDisabled()).toBe(true);
  expect(await barriers()).toEqual([]);
  await page.keyboard.press("Escape");
});

test("a rollout's page draws log-in success against the evidence, with one cursor by keyboard", async () => {
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "8.5.0", exact: true }).waitFor();
  await page.getByText("Goes to 10 % by itself at 15:06 when").waitFor();
  await page.getByRole("row", { name: /^iOS 27 .*: 920 .*: 8 99\.13/ }).waitFor();
  expect(await barriers("rollout")).toEqual([]);
  const time = page.getByRole("slider", { name: "Time in both charts" });
  await time.focus();
  await page.keyboard.press("Home");
  expect(await time.getAttribute("aria-valuetext")).toMatch(/^08:02: 8\.5\.0 –, too few for a rate/);
  await page.keyboard.press("End");
  expect(await time.getAttribute("aria-valuetext")).toMatch(
    /log-ins, \d+ failed in 30 min; .*evidence −2\.48$/,
  );
  await page.keyboard.press("Escape");
});

test("a person rolls it back: asked once more with the number of people, then shown as done", async () => {
  await page.getByRole("button", { name: /Roll back 13,412 people go to 8\.4\.2/ }).waitFor();
  await page.keyboard.press("Shift+R");
  const dialog = page.getByRole("dialog", { name: "Roll 8.5.0 back?" });
  await dialog.getByText("13,412 people go to 8.4.2").waitFor();
  expect(await barriers()).toEqual([]);
  await dialog.getByLabel("Why, for the record").fill("Complaints from shops");
  await dialog.getByRole("button", { name: "Roll back, 13,412" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByText("Rolled back at 5 %").first().waitFor();
  await page.getByText("Everybody is on 8.4.2 again.").waitFor();
  expect(control.commanded).toEqual([
    {
      path: `/api/rollouts/${healthy_id}/roll-back`,
      body: {
        commandId: expect.stringMatching(/^cmd_[0-9A-Za-z]{22}$/) as string,
        expectedState: "running",
        expectedStage: 2,
        reason: "Complaints from shops",
      },
    },
  ]);
  // The buttons keep their places, and say why they are off.
  for (const name of [/Pause nobody is on it now/, /Roll back everybody is back/, /Advance needs a new/]) {
    expect(await page.getByRole("button", { name }).isDisabled()).toBe(true);
  }
});

test("what the guard took back after six log-ins shows each as a mark and claims no rate", async () => {
  await page.goto(`${origin}/rollouts/${rolled_back_id}`);
  await page.getByText("4th failed log-in").waitFor();
  await page.getByText("Evidence 9.60").waitFor();
  await page.getByText("Rolled back to 8.4.0").waitFor();
  await page.getByText("2,684 back on 8.4.0").waitFor();
  await page.getByRole("row", { name: /No\. 6 of 6/ }).waitFor();
  expect(await barriers("rollout-rolled-back")).toEqual([]);
  // Every figure leads to what it counts.
  await page.getByRole("button", { name: "Failed, iOS 27: 2" }).click();
  const dialog = page.getByRole("dialog", { name: "Failed log-ins on 8.4.1" });
  await dialog
    .getByRole("row", { name: /ins_…00001 iOS 27 By passkey first device_proof_missing/ })
    .waitFor();
  expect(await barriers()).toEqual([]);
  await page.keyboard.press("Escape");
});

test("the check matrix stands at what is red, with why, and with who may go on regardless", async () => {
  await page.goto(`${origin}/releases/8.6.0/checks`);
  await page.getByRole("button", { name: /8\.6\.0.*: failed, device_proof_missing/ }).waitFor();
  await page.getByText("The server answered 401.").waitFor();
  await page.getByText("Release role, and not Tom. You can.").waitFor();
  await page.getByText("At 1 % 3,196 people get 8.6.0").waitFor();
  expect(await barriers("checks")).toEqual([]);
  await page.keyboard.press("ArrowRight");
  await page.getByRole("heading", { name: "Log in with a clock a day off" }).waitFor();
  await page.keyboard.press("n");
  await page.getByRole("heading", { name: "Log in with an old passkey, new device" }).waitFor();
});

test("what waits for a second person is found under approvals, and can be declined", async () => {
  await page.getByRole("link", { name: "Approvals, 1 waiting" }).click();
  await page.getByText("Your passkey signs this, and only this").waitFor();
  await page.getByText("It touches 3,196 people.").waitFor();
  expect(await barriers("approvals")).toEqual([]);
  await page.getByRole("button", { name: "Decline" }).click();
  await page.getByText("Declined. Nothing has changed.").waitFor();
  await page.getByText("Nothing waits").waitFor();
});

test("on a bank's first day the page says what will be here", async () => {
  control.setFresh(true);
  await page.goto(`${origin}/releases`);
  await page.getByText("Nothing is being rolled out").waitFor();
  await page.getByText("1.0.0 is stable on iOS, Android and web.").waitFor();
  await page.getByText("No device has been seen yet.").waitFor();
  expect(await barriers("releases-first-day")).toEqual([]);
  expect(opened.complaints).toEqual([]);
});
