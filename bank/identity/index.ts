import { createBatcher, type HttpServer } from "@mainstay/platform";
import { createProofVerifier } from "@mainstay/webauthn";
import { login_protocols, type ProbeCustomersPut } from "@mainstay/wire";
import { createApprovals, type Approvals } from "./approvals/service.ts";
import type { IdentityDeps } from "./deps.ts";
import { startJobs } from "./jobs.ts";
import { createAcceptance } from "./login/acceptance.ts";
import { liftVersion } from "./login/acceptance-service.ts";
import { addInternalRoutes } from "./login/internal-routes.ts";
import { addLoginRoutes } from "./login/routes.ts";
import { addPasskeyRoutes } from "./passkeys/routes.ts";
import { findCustomers, type CustomerIdentity } from "./people/customers.ts";
import { findPeople, findPerson, insertPerson, type NewPerson } from "./people/store.ts";
import { ensureProbePeople, type ProbePerson } from "./probes/service.ts";
import { addRecoveryRoutes } from "./recovery/routes.ts";
import { registrantOn, type Registrant } from "./registrations/complete.ts";
import { addRegistrationRoutes } from "./registrations/routes.ts";
import type { RouteParts } from "./routes-common.ts";
import { createActivity } from "./sessions/activity.ts";
import { createAuthenticator, type Authenticator } from "./sessions/authenticate.ts";
import { createSessionLookup } from "./sessions/lookup.ts";
import { addSessionRoutes } from "./sessions/routes.ts";
import { seesOf } from "./sessions/rules.ts";
import { findActivity } from "./sessions/store.ts";
import { createSignals, type Signals } from "./signals/signals.ts";
import { createStaffGate, type StaffGate } from "./staff/gate.ts";
import { addStaffRoutes } from "./staff/routes.ts";
import type { Person, PersonId, Principal, Sees } from "./types.ts";

export {
  verifyApprovalEvidence,
  canonicalOf,
  challengeOf,
  type ApprovalEvidence,
  type Shown,
} from "./approvals/rules.ts";
export type { ApprovalRefusal, Approvals, PreparedApproval } from "./approvals/service.ts";
export { verifyAudit } from "./audit/store.ts";
export type {
  CustomerFactsPort,
  DeliverSignalsPort,
  IdentityConfig,
  IdentityDeps,
  IdentityPorts,
} from "./deps.ts";
export { no_customer_facts } from "./deps.ts";
export { identity_problems, type IdentityCode } from "./errors.ts";
export { identityMigrations } from "./migrations.ts";
export type { CustomerIdentity } from "./people/customers.ts";
export type { StaffGate, StaffLook } from "./staff/gate.ts";
export { readAnswers } from "./registrations/rules.ts";
export type { Authenticator, RequestHook, SessionDemand } from "./sessions/authenticate.ts";
export type * from "./types.ts";

/** Identity's door. */
export type Identity = {
  /** Adds identity's routes. */
  readonly addRoutes: (server: HttpServer) => void;
  /**
   * Lets requests in: `onRequest: authenticator.requireSession()` on a route,
   * `authenticator.principalOf(request)` in it. Refuses as `session_required`, `passkey_needed` (idle for
   * five minutes), `use_dpop_nonce` and their like.
   */
  readonly authenticator: Authenticator;
  /** What a session that was good once may see now, or null once it is over: for streams that stay open. */
  readonly sightOf: (principal: Principal) => Promise<Sees | null>;
  readonly approvals: Approvals;
  /** A person, or null. */
  readonly person: (id: PersonId) => Promise<Person | null>;
  /** Customers by the references that control and staff know them by, or by person; in no order. */
  readonly customers: (
    wanted: { readonly refs: readonly string[] } | { readonly people: readonly string[] },
  ) => Promise<CustomerIdentity[]>;
  /** Who opened an account on an installation last, or came as far as its passkey there; null for nobody. */
  readonly registrantOn: (installation: string) => Promise<Registrant | null>;
  /** Who of staff may ask the bank what, and the audit of what they saw. */
  readonly staff: StaffGate;
  /** The people among these ids who exist, in no order. */
  readonly people: (ids: readonly PersonId[]) => Promise<Person[]>;
  /**
   * Lifts the failed attempts that one version of the app caused, when it is rolled back; answers how many.
   */
  readonly liftFailures: (appVersion: string) => Promise<number>;
  /**
   * The login protocols that are accepted now; the last known where the database can't be asked, and all that
   * exist where it never could.
   */
  readonly acceptedProtocols: () => Promise<readonly string[]>;
  /** What became of the signals of log-ins: for metrics. */
  readonly signalCounts: Signals["counts"];
  /** Makes a demo customer, who needs no check and has no passkey yet; does nothing where the id is taken. */
  readonly addDemoPerson: (person: Pick<NewPerson, "id" | "answers" | "createdAt">) => Promise<void>;
  /** Makes or finds the live probes' synthetic customers, with these passkeys and no other. */
  readonly ensureProbePeople: (wanted: ProbeCustomersPut["customers"]) => Promise<readonly ProbePerson[]>;
  /** Starts the background work. */
  readonly start: () => void;
  /** Ends the background work and writes what is still in memory. */
  readonly stop: () => Promise<void>;
};

/** Makes identity from its parts. */
export function createIdentity(deps: IdentityDeps): Identity {
  const { clock, random, config, database } = deps;
  // A proof names an address on the web; the other origins are those of native apps' passkeys.
  const origins = config.relyingParty.origins.filter((origin) => /^https?:/.test(origin));
  const proofs = createProofVerifier({ clock, random, origins });
  const activity = createActivity(deps);
  const sessions = createSessionLookup(deps, activity);
  const approvals = createApprovals(deps, activity);
  const authenticator = createAuthenticator(deps, { proofs, sessions, activity });
  const acceptance = createAcceptance(deps);
  const signals = createSignals(deps);
  const staff = createStaffGate(deps);
  const parts: RouteParts = { deps, authenticator, sessions, proofs, approvals, acceptance, signals };
  const activeAt = createBatcher<string, Date | null>({
    name: "session-activity",
    batch_max: 500,
    queue_max: 50_000,
    run: (ids) => findActivity(database, ids, clock.now()),
  });
  let jobs: { readonly stop: () => Promise<void> } | null = null;

  return {
    addRoutes: (server) => {
      addRegistrationRoutes(server, parts);
      addLoginRoutes(server, parts);
      addSessionRoutes(server, parts);
      addPasskeyRoutes(server, parts);
      addRecoveryRoutes(server, parts);
      addStaffRoutes(server, parts, staff);
      addInternalRoutes(server, parts);
    },
    authenticator,
    sightOf: async ({ sessionId }) => {
      const written = await activeAt(sessionId);
      const noted = activity.sessionActiveAt(sessionId);
      if (written === null) return null;
      return seesOf({ activeAt: noted !== undefined && noted > written ? noted : written }, clock.now());
    },
    approvals,
    person: (id) => findPerson(database.sql, id),
    customers: (wanted) => findCustomers(database.sql, wanted),
    registrantOn: (installation) => registrantOn(deps, installation),
    staff,
    people: (ids) => findPeople(database.sql, ids),
    liftFailures: (appVersion) => liftVersion(deps, appVersion),
    acceptedProtocols: async () => [...((await acceptance.lastKnown())?.protocols ?? login_protocols)],
    signalCounts: signals.counts,
    addDemoPerson: async (person) => {
      await insertPerson(database.sql, { ...person, demo: true, registrationId: null });
    },
    ensureProbePeople: (wanted) => ensureProbePeople(deps, wanted),
    start: () => {
      jobs ??= startJobs(deps, acceptance);
      signals.start();
    },
    stop: async () => {
      await jobs?.stop();
      await signals.stop();
      await acceptance.writeUses();
      await activity.stop();
    },
  };
}
