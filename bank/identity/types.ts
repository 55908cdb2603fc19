import type { Id } from "@mainstay/kernel";
import type { PasskeyPublicKey } from "@mainstay/webauthn";
import type { Address, RegistrationAnswers, registration_states } from "@mainstay/wire";

export type PersonId = Id<"person">;
export type SessionId = Id<"ses">;
export type DeviceId = Id<"dev">;
export type PasskeyId = Id<"pk">;

/** A customer, as other modules see them. */
export type Person = {
  readonly id: PersonId;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly phone: string;
  readonly demo: boolean;
  /** A synthetic customer of the live probes: in no list, count or search, and told of nothing. */
  readonly isProbe: boolean;
};

/** A passkey with what is needed to verify its assertions. */
export type Passkey = {
  readonly id: PasskeyId;
  readonly personId: PersonId;
  readonly credentialId: string;
  readonly publicKey: PasskeyPublicKey;
  readonly signCount: number;
  readonly name: string;
  readonly deviceId: string | null;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
};

/** How a session was opened. */
export type SessionOrigin = "passkey" | "registration" | "recovery" | "demo";

/** A session as it is stored. */
export type StoredSession = {
  readonly id: SessionId;
  readonly personId: PersonId;
  readonly deviceId: DeviceId;
  readonly thumbprint: string;
  readonly openedBy: SessionOrigin;
  readonly startedAt: Date;
  readonly activeAt: Date;
  readonly endsAt: Date;
};

/**
 * `full` sees everything; `balance`, after five idle minutes, the balance alone until the passkey is touched
 * again.
 */
export type Sees = "full" | "balance";

/** Who a request comes from: a session whose device has proved itself. */
export type Principal = {
  readonly personId: PersonId;
  readonly sessionId: SessionId;
  readonly deviceId: DeviceId;
  /** RFC 7638 thumbprint of the device's key. */
  readonly thumbprint: string;
  readonly sees: Sees;
};

export type RegistrationState = (typeof registration_states)[number];

/** A registration as it is stored. */
export type StoredRegistration = {
  readonly id: Id<"reg">;
  readonly thumbprint: string;
  readonly state: RegistrationState;
  readonly answers: RegistrationAnswers;
  readonly personId: PersonId;
  readonly checkId: string | null;
  readonly checkTries: number;
  readonly reasons: readonly string[];
  /** The member of staff who decided the referral, or null. */
  readonly decidedBy: string | null;
  readonly createdAt: Date;
};

/** All answers, each there: what the identity check is asked about. */
export type CompleteAnswers = Required<RegistrationAnswers> & { readonly address: Address };

/** What the identity check says: go on, let a person decide, or no. */
export type CheckAnswer = {
  readonly result: "pass" | "refer" | "fail";
  /** The provider's reasons in its own codes, for staff. */
  readonly reasons: readonly string[];
};

/**
 * The identity check, outside the bank. `checkId` stays the same when the same check is asked again, so that
 * the provider can answer it once. It rejects when it has no answer: that is never taken for one.
 */
export type IdentityCheckPort = {
  readonly check: (checkId: string, answers: CompleteAnswers, signal: AbortSignal) => Promise<CheckAnswer>;
};

/** Opens the person's first account, or finds the one that was opened before: filled in by apps/bank. */
export type OpenFirstAccountPort = (personId: PersonId, holderName: string) => Promise<void>;

/** A member of staff, by control's signed word. */
export type StaffMember = { readonly id: string; readonly name: string };
