import type { Generated, Kysely, Transaction as KyselyTransaction } from "kysely";
import type { Database } from "@mainstay/platform";
import type { Activation, Address, RegistrationAnswers, Signal } from "@mainstay/wire";
import type { RegistrationState, SessionOrigin } from "./types.ts";

/** Identity's tables, as Kysely reads and writes them. */
export type IdentityTables = {
  "identity.registrations": {
    id: string;
    key_thumbprint: string;
    state: RegistrationState;
    answers: RegistrationAnswers;
    person_id: string;
    check_id: string | null;
    check_tries: number;
    check_asked_at: Date | null;
    reasons: string[];
    referred_at: Date | null;
    decided_by: string | null;
    decision_reason: string | null;
    decided_at: Date | null;
    created_at: Date;
    changed_at: Date;
    installation: string | null;
  };
  "identity.people": {
    id: string;
    first_name: string;
    last_name: string;
    date_of_birth: string;
    address: Address;
    email: string;
    phone: string;
    demo: boolean;
    registration_id: string | null;
    created_at: Date;
    customer_ref: Generated<string>;
    probe: Generated<boolean>;
  };
  "identity.devices": {
    id: string;
    person_id: string;
    key_thumbprint: string;
    name: string;
    first_seen_at: Date;
    last_seen_at: Date;
  };
  "identity.passkeys": {
    id: string;
    person_id: string;
    credential_id: string;
    algorithm: number;
    spki: string;
    sign_count: bigint;
    aaguid: string;
    backed_up: boolean;
    name: string;
    device_id: string | null;
    created_at: Date;
    last_used_at: Date | null;
    removed_at: Date | null;
  };
  "identity.sessions": {
    id: string;
    token_hash: string;
    person_id: string;
    device_id: string;
    key_thumbprint: string;
    opened_by: SessionOrigin;
    started_at: Date;
    active_at: Date;
    ends_at: Date;
    ended_at: Date | null;
    ended_because: string | null;
  };
  "identity.challenges": {
    id: string;
    kind: ChallengeKind;
    challenge: string;
    key_thumbprint: string;
    subject: string | null;
    protocol: string | null;
    app_version: string | null;
    created_at: Date;
    expires_at: Date;
    used_at: Date | null;
    nonce: string | null;
    activation: Activation | null;
  };
  "identity.failed_attempts": {
    id: string;
    means: string;
    reason: string;
    protocol: string | null;
    app_version: string | null;
    failed_at: Date;
    cleared_at: Date | null;
    cleared_because: "success" | "rollback" | "not-counted" | null;
  };
  "identity.recovery_codes": {
    id: string;
    person_id: string;
    selector: string;
    argon2: string;
    made_at: Date;
    used_at: Date | null;
    replaced_at: Date | null;
  };
  "identity.login_protocols": {
    protocol: string;
    accepted: boolean;
    last_succeeded_at: Date | null;
  };
  "identity.refused_versions": {
    version: string;
    reason: string;
    refused_at: Date;
  };
  "identity.lifted_versions": {
    version: string;
    lifted_at: Date;
  };
  "identity.login_signals": {
    position: Generated<bigint>;
    signal: Signal;
  };
};

/** What a challenge is for. */
export type ChallengeKind = "login" | "registration" | "passkey" | "recovery";

/** Where a statement runs: in a transaction, or by itself. */
export type Sql = Kysely<unknown>;

/** Gives a statement builder identity's tables. */
export function tables(sql: Sql): Kysely<IdentityTables> {
  return sql.$extendTables<IdentityTables>();
}

/** Runs work in one transaction; the work's answer is the transaction's. */
export function inTransaction<T>(database: Database, work: (sql: Transaction) => Promise<T>): Promise<T> {
  return database.sql.transaction().execute(work);
}

/** A transaction under way. */
export type Transaction = KyselyTransaction<unknown>;
