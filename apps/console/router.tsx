import { createRootRoute, createRoute, createRouter, Outlet } from "@tanstack/react-router";
import { AuditPage } from "./screens/audit.tsx";
import { CustomerPage } from "./screens/customers/customer.tsx";
import { CustomersPage } from "./screens/customers/customers.tsx";
import { Home } from "./screens/home.tsx";
import { Join } from "./screens/join.tsx";
import { Notice } from "./screens/notice.tsx";
import { IncidentPage } from "./screens/incidents/incident.tsx";
import { IncidentsPage } from "./screens/incidents/incidents.tsx";
import { EntriesPage } from "./screens/ledger/entries.tsx";
import { LedgerPage } from "./screens/ledger/ledger.tsx";
import { ConversationsPage, MessagesPage } from "./screens/messages/messages.tsx";
import { PaymentPage } from "./screens/payments/payment.tsx";
import { InboundPayments, OutboundPayments } from "./screens/payments/payments.tsx";
import { ReconciliationPage } from "./screens/payments/reconciliation.tsx";
import { ReferralsPage } from "./screens/referrals.tsx";
import { ApprovalsPage } from "./screens/releases/approvals.tsx";
import { ChecksPage } from "./screens/releases/checks.tsx";
import { ReleaseFrame } from "./screens/releases/release-frame.tsx";
import { ReleaseFiles, ReleaseOverview } from "./screens/releases/release-overview.tsx";
import { ReleasesPage } from "./screens/releases/releases.tsx";
import { RolloutPage } from "./screens/releases/rollout.tsx";
import { ReviewPage } from "./screens/review/review.tsx";
import { StaffPage } from "./screens/staff.tsx";
import { StatusPage } from "./screens/status/status.tsx";
import { Frame } from "./shell/frame.tsx";

const root = createRootRoute({
  component: Outlet,
  notFoundComponent: () => (
    <Notice title="There is no such page">
      <a href="/" className="font-semibold text-harbour underline">
        To the console
      </a>
    </Notice>
  ),
});
const join = createRoute({ getParentRoute: () => root, path: "/join", component: Join });
const frame = createRoute({ getParentRoute: () => root, id: "frame", component: Frame });
const home = createRoute({
  getParentRoute: () => frame,
  path: "/",
  component: Home,
});
const referrals = createRoute({ getParentRoute: () => frame, path: "/referrals", component: ReferralsPage });
const releases = createRoute({ getParentRoute: () => frame, path: "/releases", component: ReleasesPage });
const release = createRoute({
  getParentRoute: () => frame,
  path: "/releases/$version",
  component: ReleaseFrame,
});
const overview = createRoute({ getParentRoute: () => release, path: "/", component: ReleaseOverview });
const checks = createRoute({ getParentRoute: () => release, path: "/checks", component: ChecksPage });
const files = createRoute({ getParentRoute: () => release, path: "/files", component: ReleaseFiles });
const rollout = createRoute({ getParentRoute: () => frame, path: "/rollouts/$id", component: RolloutPage });
const incidents = createRoute({ getParentRoute: () => frame, path: "/incidents", component: IncidentsPage });
const incident = createRoute({
  getParentRoute: () => frame,
  path: "/incidents/$id",
  component: IncidentPage,
});
const review = createRoute({
  getParentRoute: () => frame,
  path: "/incidents/$id/review",
  component: ReviewPage,
});
const messages = createRoute({ getParentRoute: () => frame, path: "/messages", component: MessagesPage });
/** What of an address's query is a text. */
const textOf = (value: unknown): string | undefined =>
  typeof value === "string" || typeof value === "number" ? String(value) : undefined;
const conversations = createRoute({
  getParentRoute: () => frame,
  path: "/messages/conversations",
  validateSearch: ({ thread }): { thread?: string } => {
    const chosen = textOf(thread);
    return chosen === undefined ? {} : { thread: chosen };
  },
  component: ConversationsPage,
});
const customers = createRoute({
  getParentRoute: () => frame,
  path: "/customers",
  validateSearch: ({ query }): { query?: string } => {
    const asked = textOf(query);
    return asked === undefined ? {} : { query: asked };
  },
  component: CustomersPage,
});
const customer = createRoute({
  getParentRoute: () => frame,
  path: "/customers/$ref",
  component: CustomerPage,
});
const payments = createRoute({ getParentRoute: () => frame, path: "/payments", component: OutboundPayments });
const inbound = createRoute({
  getParentRoute: () => frame,
  path: "/payments/inbound",
  component: InboundPayments,
});
const reconciliation = createRoute({
  getParentRoute: () => frame,
  path: "/payments/reconciliation",
  component: ReconciliationPage,
});
const payment = createRoute({ getParentRoute: () => frame, path: "/payments/$id", component: PaymentPage });
const ledger = createRoute({ getParentRoute: () => frame, path: "/ledger", component: LedgerPage });
const entries = createRoute({
  getParentRoute: () => frame,
  path: "/ledger/entries",
  validateSearch: ({ account }): { account: string } => ({ account: textOf(account) ?? "" }),
  component: EntriesPage,
});
const status = createRoute({ getParentRoute: () => frame, path: "/status", component: StatusPage });
const approvals = createRoute({ getParentRoute: () => frame, path: "/approvals", component: ApprovalsPage });
const staff = createRoute({ getParentRoute: () => frame, path: "/staff", component: StaffPage });
const audit = createRoute({ getParentRoute: () => frame, path: "/audit", component: AuditPage });

/** Every page of the console by its path. */
export const router = createRouter({
  routeTree: root.addChildren([
    join,
    frame.addChildren([
      home,
      releases,
      release.addChildren([overview, checks, files]),
      rollout,
      incidents,
      incident,
      review,
      messages,
      conversations,
      customers,
      customer,
      payments,
      inbound,
      reconciliation,
      payment,
      ledger,
      entries,
      status,
      approvals,
      referrals,
      staff,
      audit,
    ]),
  ]),
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
