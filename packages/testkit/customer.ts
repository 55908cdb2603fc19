import { randomBytes } from "node:crypto";
import {
  createDeviceClient,
  createSoftwarePasskey,
  type Answer,
  type CreateRequest,
  type DeviceClient,
  type SoftwarePasskey,
  type Transport,
} from "@mainstay/client";

/** The answers with which customers of tests open their accounts; any of them can be replaced. */
export const answers_of_ada = {
  firstName: "Ada",
  lastName: "Marlow",
  dateOfBirth: "1990-04-12",
  address: { line1: "14 Harbour Street", town: "Falmouth", postcode: "TR11 3AB", country: "GB" },
  email: "ada.marlow@example.com",
  phone: "07700 900123",
} as const;

/** Answers to the registration's questions. */
export type TestAnswers = Readonly<Record<string, unknown>>;

/** A customer with a device and a passkey on it. */
export type TestCustomer = {
  readonly device: DeviceClient;
  readonly passkey: SoftwarePasskey;
  readonly personId: string;
};

/** Makes an id of a kind as clients make theirs; its digits carry no time. */
export function randomId(prefix: string): string {
  const digits = BigInt(`0x${randomBytes(16).toString("hex")}`)
    .toString(36)
    .slice(0, 22);
  return `${prefix}_${digits.padStart(22, "0")}`;
}

/** Throws where the bank refuses what a test takes for granted. */
export function granted<T>(answer: Answer): T {
  if (answer.status < 300) return answer.body as T;
  throw new Error(`the bank answered ${answer.status}: ${JSON.stringify(answer.body)}`);
}

type Offer = { readonly id: string; readonly options: CreateRequest };

/** Makes a device that reaches the bank, with an authenticator of its own and nobody logged in. */
export function createVisitor(options: {
  readonly origin: string;
  readonly transport: Transport;
  readonly counts?: boolean;
}): { readonly device: DeviceClient; readonly passkey: SoftwarePasskey } {
  return { device: createDeviceClient(options), passkey: createSoftwarePasskey(options) };
}

/**
 * Opens an account by the API, as the app does: answers, identity check, passkey. Answers the customer,
 * logged in.
 */
export async function registerCustomer(options: {
  readonly origin: string;
  readonly transport: Transport;
  readonly answers?: TestAnswers;
  readonly counts?: boolean;
}): Promise<TestCustomer> {
  const { device, passkey } = createVisitor(options);
  const path = `/api/registrations/${randomId("reg")}`;
  granted(await device.call("PUT", path, { answers: { ...answers_of_ada, ...options.answers } }));
  const { state } = granted<{ state: string }>(await device.call("POST", `${path}/check`));
  if (state !== "passed") throw new Error(`the identity check ended as ${state}`);
  const offer = granted<Offer>(await device.call("POST", `${path}/passkey/options`));
  const made = {
    challengeId: offer.id,
    credential: passkey.create(offer.options),
    deviceName: "Test device",
  };
  const session = granted<{ person: { id: string } }>(await device.call("POST", `${path}/passkey`, made));
  return { device, passkey, personId: session.person.id };
}
