import { Trans, useLingui } from "@lingui/react/macro";
import type { BootHandle, Session } from "@mainstay/wire";
import { Banner, Button, buttonClass, HarbourScene, Icon, Mark, classNames } from "@mainstay/ui";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate, useRouter } from "@tanstack/react-router";
import { FingerprintPattern, KeyRound, RefreshCw } from "lucide-react";
import { useEffect, useEffectEvent, useRef, useState, type ReactNode } from "react";
import { configurationQuery } from "../api/queries.ts";
import { bootHandle } from "../browser.ts";
import { readKept } from "../kept.ts";
import { deviceKey } from "../login/device-key.ts";
import { logIn } from "../login/log-in.ts";
import { lookAround } from "../login/look-around.ts";
import type { LoginFailure } from "../login/outcome.ts";
import { serverUrl } from "../native/server.ts";
import { hasLogInBegun, noteLogInBegun } from "../shell/log-in-begun.ts";
import { ProblemBanner } from "../shell/problem.tsx";
import { beginSession } from "../shell/session.ts";

const route = getRouteApi("/welcome");

/** Why a version was left for the one that runs now. */
type Switched = NonNullable<BootHandle["switched"]>;

/** The first screen: the harbour, and one touch to be in. */
export function WelcomeScreen() {
  const login = useLogin();
  const { ended } = route.useSearch();
  const known = readKept<{ firstName: string }>("known");
  return (
    <div className="flex min-h-dvh flex-col overflow-hidden bg-[#0a3733]">
      <div className="relative flex min-h-72 flex-1 flex-col">
        {/* The scene goes on under the round corners of what stands below it. */}
        <HarbourScene className="absolute inset-x-0 top-0 -bottom-7 h-[calc(100%+28px)] w-full" />
        <header className="relative mx-auto w-full max-w-107.5 px-5 pt-[calc(env(safe-area-inset-top)+18px)]">
          {login.switched === null ? <Brand /> : <SwitchedLine reason={login.switched} />}
        </header>
      </div>
      <main
        id="main"
        className={classNames(
          "relative mx-auto w-full max-w-107.5 rounded-t-sheet bg-canvas px-5 pt-7",
          "pb-[max(20px,calc(env(safe-area-inset-bottom)+12px))] desk:mb-10",
          "desk:rounded-b-sheet desk:pb-6",
        )}
      >
        <Greeting firstName={known?.firstName} ended={ended === true} carriesOn={login.carriesOn} />
        {login.failure !== null && (
          <div className="mt-5">
            <LoginProblem failure={login.failure} />
          </div>
        )}
        <div className="mt-7 flex flex-col gap-2.5">
          <Button icon={<Icon of={FingerprintPattern} />} busy={login.busy} onClick={() => login.begin()}>
            {login.busy ? <Trans>Signing you in</Trans> : <Trans>Log in with your passkey</Trans>}
          </Button>
          {!login.carriesOn && (
            <Link to="/open-account" className={buttonClass("second")}>
              <Trans>Open an account</Trans>
            </Link>
          )}
        </div>
        {login.carriesOn ? (
          <OtherPasskey onUse={login.begin} />
        ) : (
          <OtherWays onLookAround={login.lookAround} isKnown={known !== null} />
        )}
      </main>
    </div>
  );
}

const ways_class = classNames(
  "mt-2 flex flex-col items-center text-center text-body text-ink-soft *:flex",
  "*:min-h-11 *:items-center",
);

/** While the log-in carries on by itself there is one other thing to do. */
function OtherPasskey({ onUse }: { readonly onUse: () => void }) {
  return (
    <div className={ways_class}>
      <button type="button" className={buttonClass("quiet", "text")} onClick={onUse}>
        <Trans>Use another passkey</Trans>
      </button>
    </div>
  );
}

function OtherWays({
  onLookAround,
  isKnown,
}: {
  readonly onLookAround: () => void;
  readonly isKnown: boolean;
}) {
  const { data: configuration } = useQuery(configurationQuery);
  return (
    <div className={ways_class}>
      {configuration?.demo === true ? (
        <button type="button" className={buttonClass("quiet", "text")} onClick={onLookAround}>
          <Trans>Look around as a demo customer</Trans>
        </button>
      ) : (
        <p>
          <Trans>Two minutes, no passwords, no paper</Trans>
        </p>
      )}
      {isKnown && (
        <Link to="/recover" className={buttonClass("quiet", "text")}>
          <Trans>Lost your passkey?</Trans>
        </Link>
      )}
      {/* Served by the edge alone: it stands also when nobody can log in. */}
      <a
        href={serverUrl("/status")}
        target="_blank"
        rel="noreferrer"
        className={buttonClass("quiet", "text")}
      >
        <Trans>Is everything working?</Trans>
      </a>
    </div>
  );
}

function Brand() {
  return (
    <p className="flex items-center gap-3 text-heading text-on-hero">
      <Mark inverse />
      Mainstay
    </p>
  );
}

/** Why the app changed by itself, in one line. */
function SwitchedLine({ reason }: { readonly reason: Switched }) {
  const words: Readonly<Record<Switched, ReactNode>> = {
    refused: <Trans>This version had trouble signing you in, so we switched to the one that works</Trans>,
    crashed: <Trans>This version had trouble starting, so we switched to the one that works</Trans>,
    slow: <Trans>This version had trouble starting, so we switched to the one that works</Trans>,
    damaged: <Trans>This version didn’t arrive whole, so we switched to the one that works</Trans>,
    "taken-back": <Trans>We took a version back that had trouble. This is the one that works</Trans>,
  };
  return (
    <div role="status" className="flex items-center gap-3 rounded-card bg-surface px-3 py-3.5 shadow-hero">
      <span className="flex size-9 shrink-0 items-center justify-center rounded-full bg-good-tint text-good">
        <Icon of={RefreshCw} size={20} />
      </span>
      <p className="text-body font-medium">{words[reason]}</p>
    </div>
  );
}

type GreetingProps = {
  readonly firstName: string | undefined;
  readonly ended: boolean;
  /** The log-in goes on by itself, after a change of version. */
  readonly carriesOn: boolean;
};

function Greeting({ firstName, ended, carriesOn }: GreetingProps) {
  const words = (title: ReactNode, text: ReactNode) => (
    <>
      <h1 className="max-w-75 text-title">{title}</h1>
      <p className="mt-1.5 text-row text-ink-soft">{text}</p>
    </>
  );
  if (firstName === undefined) {
    return words(
      <Trans>Your money, always within reach</Trans>,
      <Trans>A current account that opens in two minutes and that you can always get into.</Trans>,
    );
  }
  const hello = <Trans>Welcome back, {firstName}</Trans>;
  if (carriesOn) return words(hello, <Trans>You don’t need to do anything.</Trans>);
  return words(
    hello,
    ended ? (
      <Trans>You’re logged out. Touch your passkey to come back in.</Trans>
    ) : (
      <Trans>One touch and you’re in.</Trans>
    ),
  );
}

function LoginProblem({ failure }: { readonly failure: LoginFailure }) {
  const { t } = useLingui();
  if (failure.by === "bank") return <ProblemBanner failure={failure.failure} />;
  const { title, text } = {
    cancelled: {
      title: t`No passkey was used`,
      text: t`Try again when you’re ready. If your passkey is on another phone, use that one.`,
    },
    already_here: { title: t`No passkey was used`, text: t`Try again when you’re ready.` },
    not_supported: {
      title: t`This browser can’t use passkeys`,
      text: t`Update it, or open Mainstay in Safari, Chrome, Edge or Firefox.`,
    },
  }[failure.reason];
  return (
    <Banner tone="lamp" icon={KeyRound} title={title} role="alert">
      {text}
    </Banner>
  );
}

/** Makes this installation's key while nothing else is to do: a press on the button then needs no waiting. */
function warmUp(): void {
  const warm = () => void deviceKey();
  if ("requestIdleCallback" in globalThis) requestIdleCallback(warm);
  else setTimeout(warm, 500);
}

/**
 * After a change of version in the middle of a log-in the customer carries on by doing nothing: the passkey
 * sheet comes by itself, where the browser allows it.
 */
function useCarriedOnLogin(begin: () => Promise<void>): boolean {
  const { switched } = bootHandle();
  const [isDue] = useState(() => switched === "refused" || (switched !== null && hasLogInBegun()));
  const [isOver, setOver] = useState(false);
  const carryOn = useEffectEvent(() => void begin().finally(() => setOver(true)));
  useEffect(() => {
    if (!isDue) return;
    const timer = setTimeout(carryOn);
    return () => clearTimeout(timer);
  }, [isDue]);
  return isDue && !isOver;
}

function useLogin() {
  const navigate = useNavigate();
  const router = useRouter();
  const { switched } = bootHandle();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<LoginFailure | null>(null);
  const latest = useRef(0);
  const enter = async (session: Session) => {
    beginSession(session);
    await navigate({ to: "/home", replace: true, viewTransition: false });
  };
  const run = async (
    attempt: () => Promise<{ ok: true; value: Session } | { ok: false; error: LoginFailure }>,
    isAutomatic = false,
  ) => {
    latest.current += 1;
    const mine = latest.current;
    setBusy(true);
    setFailure(null);
    noteLogInBegun(true);
    // Home is fetched while the passkey sheet is open, so that it stands as soon as the session does.
    void router.preloadRoute({ to: "/home" });
    const answer = await attempt();
    // A later attempt has ended this one: what becomes of that one counts.
    if (mine !== latest.current && !answer.ok) return;
    noteLogInBegun(false);
    if (answer.ok) await enter(answer.value);
    // A browser that opens no sheet by itself wants one touch of the button, and nothing has gone wrong.
    else if (!isAutomatic || answer.error.by === "bank") setFailure(answer.error);
    setBusy(false);
  };
  const carriesOn = useCarriedOnLogin(() => run(logIn, true));
  useEffect(warmUp, []);
  useEffect(() => bootHandle().loginOffered(), []);
  const begin = () => void run(logIn);
  return { begin, lookAround: () => void run(lookAround), busy, failure, switched, carriesOn };
}
