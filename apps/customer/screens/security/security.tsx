import { Trans, useLingui } from "@lingui/react/macro";
import {
  Avatar,
  Banner,
  buttonClass,
  Card,
  classNames,
  Icon,
  RowContent,
  row_class,
  row_press_class,
  SectionHead,
} from "@mainstay/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronRight, LifeBuoy, PhoneCall, PhoneOff, ShieldCheck } from "lucide-react";
import { securityQuery } from "../../api/queries.ts";
import { serverNow } from "../../browser.ts";
import { BackBar, Page } from "../../shell/page.tsx";
import { ProblemBanner } from "../../shell/problem.tsx";
import { dateText } from "../../text/dates.ts";
import { Devices } from "./devices.tsx";
import { PasskeyProblem } from "../../shell/passkey-problem.tsx";
import { Passkeys } from "./passkeys.tsx";
import { useAddPasskey } from "./use-add-passkey.ts";

/** Who can get in, from where, and how to get back in. */
export function SecurityScreen() {
  const adding = useAddPasskey();
  return (
    <Page bar={<BackBar to="/home" title={<Trans>Security</Trans>} />}>
      <Calling />
      <SectionHead title={<Trans>Passkeys</Trans>}>
        <button
          type="button"
          className={buttonClass("quiet", "text")}
          onClick={adding.add}
          disabled={adding.busy}
          aria-busy={adding.busy || undefined}
        >
          <Trans>Add</Trans>
        </button>
      </SectionHead>
      <div className="flex flex-col gap-3">
        {adding.failure !== null && <ProblemBanner failure={adding.failure} />}
        {adding.passkeyFailure !== null && <AddProblem reason={adding.passkeyFailure} />}
        <Passkeys />
      </div>
      <SectionHead title={<Trans>Where you’re logged in</Trans>} />
      <Devices />
      <SectionHead title={<Trans>If you lose this phone</Trans>} />
      <RecoveryRow />
      <div className="pt-4">
        <Banner tone="lamp" icon={ShieldCheck} title={<Trans>What we never ask</Trans>}>
          <Trans>For a code, to share your screen, or to move money to a “safe” account.</Trans>
        </Banner>
      </div>
    </Page>
  );
}

type AddFailure = NonNullable<ReturnType<typeof useAddPasskey>["passkeyFailure"]>;

function AddProblem({ reason }: { readonly reason: AddFailure }) {
  const { t } = useLingui();
  if (reason !== "already_here") return <PasskeyProblem reason={reason} purpose="make" />;
  return (
    <Banner tone="harbour" icon={ShieldCheck} title={t`This device already has one`} role="status">
      {t`You can log in here with the passkey that it has.`}
    </Banner>
  );
}

/** "We're not calling you": what a caller can't say is true here. */
function Calling() {
  const { data } = useQuery(securityQuery);
  const isCalling = data?.callingYou === true;
  return (
    <section className="mt-1 flex gap-3.5 rounded-hero hero-ground px-4 py-4 text-on-hero shadow-hero">
      <span
        className={classNames(
          "flex size-11 shrink-0 items-center justify-center rounded-full bg-on-hero/12",
          "text-lamp",
        )}
      >
        <Icon of={isCalling ? PhoneCall : PhoneOff} />
      </span>
      <div className="min-w-0">
        <h2 className="text-heading">
          {isCalling ? <Trans>We’re calling you now</Trans> : <Trans>We’re not calling you</Trans>}
        </h2>
        <p className="mt-0.5 text-body text-on-hero-soft">
          {isCalling ? (
            <Trans>The call is ours. We still never ask for a code or tell you to move money.</Trans>
          ) : (
            <Trans>If a caller says they’re Mainstay, hang up. When we do ring, this card says so.</Trans>
          )}
        </p>
      </div>
    </section>
  );
}

function RecoveryRow() {
  const { data } = useQuery(securityQuery);
  const codes = data?.recoveryCodes;
  const left = codes?.left ?? 0;
  const total = codes?.total ?? 0;
  const made = codes ? dateText(codes.madeAt, serverNow()) : "";
  return (
    <Card>
      <Link to="/security/recovery-codes" className={classNames(row_class, row_press_class)}>
        <RowContent
          leading={
            <Avatar tone="blue">
              <Icon of={LifeBuoy} size={20} />
            </Avatar>
          }
          title={<Trans>Recovery codes</Trans>}
          subtitle={
            codes === undefined ? (
              " "
            ) : codes === null ? (
              <span className="text-lamp-ink">
                <Trans>None yet: make them now</Trans>
              </span>
            ) : (
              <Trans>
                {left} of {total} left, made {made}
              </Trans>
            )
          }
          trailing={<Icon of={ChevronRight} className="text-ink-soft" />}
        />
      </Link>
    </Card>
  );
}
