import type { TestBrowser } from "@mainstay/browser";
import { CheckFailure } from "./failure.ts";
import { answerQuestions, keepRecoveryCodes, type AccountDetails } from "./person.ts";
import { openCheckPhone, type CheckPhone, type CheckServer } from "./phone.ts";
import type { Track } from "./track.ts";

/** The domain of synthetic customers' e-mail addresses: nobody can have one there (RFC 2606). */
export const synthetic_domain = "check.mainstay.invalid";

/** A synthetic customer with their phone, made by one version. */
export type SyntheticCustomer = {
  readonly name: string;
  readonly email: string;
  readonly account: AccountDetails;
  readonly codes: readonly string[];
  readonly phone: CheckPhone;
};

/** One version on one server, beside an older one, with those who play in its journeys. */
export type Cast = {
  readonly browser: TestBrowser;
  readonly server: CheckServer;
  readonly version: string;
  /** The older version that customers come from and may go back to; null where none is live. */
  readonly older: string | null;
  /** What distinguishes this run's people from those of any other. */
  readonly label: string;
  /** Whom this version registered. */
  readonly own: Promise<SyntheticCustomer>;
  /** Whom the older version registered (this one, where none is older). */
  readonly other: Promise<SyntheticCustomer>;
};

/** Registers a synthetic customer on a new phone, which stays open where that succeeds. */
export async function registerSynthetic(
  track: Track,
  options: {
    readonly browser: TestBrowser;
    readonly server: CheckServer;
    readonly version: string;
    readonly label: string;
    readonly firstName: string;
  },
): Promise<SyntheticCustomer> {
  const { version, firstName, label } = options;
  const phone = await track.phone(openCheckPhone(options), "keep-if-passed");
  const { page } = phone;
  const email = `${firstName.toLowerCase()}-${label}@${synthetic_domain}`;
  await track.step(`${version} starts`, () => phone.start());
  const customer = { firstName, lastName: "Checker", email };
  const account = await track.step("opens an account with a passkey", () => answerQuestions(page, customer));
  const codes = await track.step("keeps the recovery codes", () => keepRecoveryCodes(page));
  await track.step(`still runs ${version}`, () => phone.expectVersion());
  return { name: `${firstName} Checker`, email, account, codes, phone };
}

/** A customer whom another journey was to make; red with its reason where it couldn't. */
export async function needed(made: Promise<SyntheticCustomer>): Promise<SyntheticCustomer> {
  try {
    return await made;
  } catch (error) {
    if (!(error instanceof CheckFailure)) throw error;
    throw new CheckFailure(error.code, `nobody could be registered for this: ${error.message}`);
  }
}
