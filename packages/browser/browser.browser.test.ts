import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, expect, test } from "vitest";
import { addVirtualAuthenticator, launchBrowser, openPhone } from "./index.ts";

const server = createServer((_request, response) => {
  response.setHeader("content-type", "text/html");
  response.end(
    '<!doctype html><meta name="viewport" content="width=device-width"><title>Test</title><p>Hello</p>',
  );
});
await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
const url = `http://localhost:${(server.address() as AddressInfo).port}/`;
const browser = await launchBrowser();
afterAll(async () => {
  await browser.close();
  server.close();
});

test("the phone has the size that screens are drawn for", async () => {
  const page = await (await openPhone(browser)).newPage();
  await page.goto(url);
  expect(await page.evaluate(() => [innerWidth, innerHeight])).toEqual([390, 844]);
  expect(await page.textContent("p")).toBe("Hello");
});

test("the authenticator makes a passkey, and refuses while the person isn't verified", async () => {
  const page = await (await openPhone(browser)).newPage();
  await page.goto(url);
  const authenticator = await addVirtualAuthenticator(page);
  const create = (): Promise<string> =>
    page.evaluate(async () => {
      const user = { id: new Uint8Array(16), name: "a", displayName: "A" };
      const publicKey: PublicKeyCredentialCreationOptions = {
        challenge: new Uint8Array(32),
        rp: { name: "Test" },
        user,
        pubKeyCredParams: [{ type: "public-key", alg: -7 }],
        authenticatorSelection: { residentKey: "required", userVerification: "required" },
      };
      const answer = await navigator.credentials.create({ publicKey }).catch((error: Error) => error);
      return answer instanceof Error ? answer.name : (answer?.type ?? "none");
    });
  expect(await create()).toBe("public-key");
  expect(await authenticator.passkeys()).toHaveLength(1);
  await authenticator.setUserVerified(false);
  expect(await create()).toBe("NotAllowedError");
});
