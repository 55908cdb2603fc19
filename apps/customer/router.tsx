import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import type { Session } from "@mainstay/wire";
import { FailureError } from "./api/failure.ts";
import { sessionQuery } from "./api/queries.ts";
import { readKept } from "./kept.ts";
import { sayBooted } from "./shell/booted.ts";
import { readLastHome } from "./shell/last-home.ts";
import { focusNewPage, titlePage } from "./shell/page-title.ts";
import { Root } from "./shell/root.tsx";
import { queryClient, whenSessionEnds } from "./shell/session.ts";
import { Tabs } from "./shell/tabs.tsx";
import { HomeSkeleton } from "./shell/home-skeleton.tsx";
import { NotFound } from "./shell/not-found.tsx";
import { CrashPage } from "./shell/crash-page.tsx";
import { WelcomeScreen } from "./screens/welcome.tsx";

/** The rooms of the app: each is one file, fetched when somebody enters it or is about to. */
const beginRoom = () => import("./rooms/begin.ts");
const homeRoom = () => import("./rooms/home.ts");
const payRoom = () => import("./rooms/pay.ts");
const helpRoom = () => import("./rooms/help.ts");
const youRoom = () => import("./rooms/you.ts");

/** Who is logged in; "unknown" when the bank can't be reached but this device has something to show. */
async function currentSession(): Promise<Session | null | "unknown"> {
  // A device that nobody has logged in on has no session to ask for: welcome stands at once.
  if (readKept("known") === null) return null;
  try {
    return await queryClient.ensureQueryData(sessionQuery);
  } catch (error) {
    if (error instanceof FailureError && (await readLastHome()) !== null) return "unknown";
    return null;
  }
}

async function requireSession(): Promise<void> {
  if ((await currentSession()) === null) redirect({ to: "/welcome", throw: true });
}

const root = createRootRoute({ component: Root });

const start = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: async () => {
    redirect({ to: (await currentSession()) === null ? "/welcome" : "/home", throw: true });
  },
});

const welcome = createRoute({
  getParentRoute: () => root,
  path: "/welcome",
  validateSearch: (search: Record<string, unknown>): { ended?: boolean } =>
    search["ended"] === true ? { ended: true } : {},
  component: WelcomeScreen,
});

const openAccount = createRoute({
  getParentRoute: () => root,
  path: "/open-account",
  component: lazyRouteComponent(beginRoom, "OpenAccountScreen"),
});

const recover = createRoute({
  getParentRoute: () => root,
  path: "/recover",
  component: lazyRouteComponent(beginRoom, "RecoverScreen"),
});

const customer = createRoute({ getParentRoute: () => root, id: "customer", beforeLoad: requireSession });

const tabs = createRoute({ getParentRoute: () => customer, id: "tabs", component: Tabs });

const home = createRoute({
  getParentRoute: () => tabs,
  path: "/home",
  validateSearch: (search: Record<string, unknown>): { q?: string } =>
    typeof search["q"] === "string" ? { q: search["q"].slice(0, 60) } : {},
  component: lazyRouteComponent(homeRoom, "HomeScreen"),
});

const payments = createRoute({
  getParentRoute: () => tabs,
  path: "/payments",
  component: lazyRouteComponent(payRoom, "PaymentsScreen"),
});

const pots = createRoute({
  getParentRoute: () => tabs,
  path: "/pots",
  component: lazyRouteComponent(youRoom, "PotsScreen"),
});

const help = createRoute({
  getParentRoute: () => tabs,
  path: "/help",
  component: lazyRouteComponent(helpRoom, "HelpScreen"),
});

const transaction = createRoute({
  getParentRoute: () => customer,
  path: "/transactions/$transactionId",
  component: lazyRouteComponent(homeRoom, "TransactionScreen"),
});

const pay = createRoute({
  getParentRoute: () => customer,
  path: "/pay",
  component: lazyRouteComponent(payRoom, "PayeeScreen"),
});

const payNew = createRoute({
  getParentRoute: () => customer,
  path: "/pay/new",
  component: lazyRouteComponent(payRoom, "NewPayeeScreen"),
});

const payAmount = createRoute({
  getParentRoute: () => customer,
  path: "/pay/amount",
  component: lazyRouteComponent(payRoom, "AmountScreen"),
});

const payReview = createRoute({
  getParentRoute: () => customer,
  path: "/pay/$paymentId/review",
  component: lazyRouteComponent(payRoom, "ReviewScreen"),
});

const paySent = createRoute({
  getParentRoute: () => customer,
  path: "/pay/$paymentId/sent",
  component: lazyRouteComponent(payRoom, "SentScreen"),
});

const addMoney = createRoute({
  getParentRoute: () => customer,
  path: "/add-money",
  component: lazyRouteComponent(youRoom, "AddMoneyScreen"),
});

const security = createRoute({
  getParentRoute: () => customer,
  path: "/security",
  component: lazyRouteComponent(youRoom, "SecurityScreen"),
});

const recoveryCodes = createRoute({
  getParentRoute: () => customer,
  path: "/security/recovery-codes",
  component: lazyRouteComponent(youRoom, "RecoveryCodesScreen"),
});

const messages = createRoute({
  getParentRoute: () => customer,
  path: "/help/messages",
  component: lazyRouteComponent(helpRoom, "MessagesScreen"),
});

const thread = createRoute({
  getParentRoute: () => customer,
  path: "/help/messages/$threadId",
  component: lazyRouteComponent(helpRoom, "ThreadScreen"),
});

const write = createRoute({
  getParentRoute: () => customer,
  path: "/help/write",
  component: lazyRouteComponent(helpRoom, "WriteScreen"),
});

const account = createRoute({
  getParentRoute: () => customer,
  path: "/account",
  component: lazyRouteComponent(youRoom, "AccountScreen"),
});

/**
 * The way through the app. Addresses stand behind the #: they never reach a server or its logs, and they work
 * wherever the boot layer's one page is served, in a native shell too.
 */
export const router = createRouter({
  routeTree: root.addChildren([
    start,
    welcome,
    openAccount,
    recover,
    customer.addChildren([
      tabs.addChildren([home, payments, pots, help]),
      transaction,
      pay,
      payNew,
      payAmount,
      payReview,
      paySent,
      addMoney,
      security,
      recoveryCodes,
      account,
      messages,
      thread,
      write,
    ]),
  ]),
  history: createHashHistory(),
  defaultPreload: "intent",
  defaultViewTransition: true,
  defaultPendingMs: 0,
  defaultPendingMinMs: 0,
  defaultPendingComponent: HomeSkeleton,
  defaultNotFoundComponent: NotFound,
  defaultErrorComponent: CrashPage,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

router.subscribe("onRendered", ({ pathChanged, fromLocation }) => {
  sayBooted();
  titlePage();
  if (pathChanged && fromLocation !== undefined) focusNewPage();
});

/** The router's own way ends in an unhandled rejection whenever one transition overtakes another. */
router.startViewTransition = async (update) => {
  if (!("startViewTransition" in document) || matchMedia("(prefers-reduced-motion: reduce)").matches)
    return update();
  const transition = document.startViewTransition(update);
  transition.ready.catch(() => undefined);
  transition.finished.catch(() => undefined);
  return transition.updateCallbackDone;
};

whenSessionEnds(() => void router.navigate({ to: "/welcome", search: { ended: true }, replace: true }));
