import { Trans, useLingui } from "@lingui/react/macro";
import {
  Avatar,
  Button,
  Card,
  classNames,
  Icon,
  initialsOf,
  Row,
  RowContent,
  row_class,
  row_press_class,
  SectionHead,
  Switch,
} from "@mainstay/ui";
import { useQuery } from "@tanstack/react-query";
import { Link, type LinkProps } from "@tanstack/react-router";
import { AtSign, ChevronRight, EyeOff, Landmark, ShieldCheck, type LucideIcon } from "lucide-react";
import { useState, type ReactNode } from "react";
import type { Failure } from "../api/failure.ts";
import { accountsQuery } from "../api/queries.ts";
import { bootHandle } from "../browser.ts";
import { BackBar, Page } from "../shell/page.tsx";
import { useHideAmounts } from "../shell/preferences.ts";
import { ProblemBanner } from "../shell/problem.tsx";
import { logOut, useSession } from "../shell/session.ts";
import { AccountLine } from "./pay/payee-row.tsx";

/** The customer: who they are here, their account, and the way out. */
export function AccountScreen() {
  const session = useSession();
  const account = useQuery(accountsQuery).data?.[0];
  const name = session === null ? "" : `${session.person.firstName} ${session.person.lastName}`;
  const { version } = bootHandle();
  return (
    <Page bar={<BackBar to="/home" title={<Trans>You</Trans>} />} foot={<LogOut />}>
      <div className="flex flex-col items-center pt-2 text-center">
        <Avatar tone="teal" size={72}>
          {initialsOf(name, "person")}
        </Avatar>
        <p className="mt-3 text-heading">{name}</p>
        {session?.demo === true && (
          <p className="text-body text-ink-soft">
            <Trans>A customer of the demo bank</Trans>
          </p>
        )}
      </div>
      <SectionHead title={<Trans>Your account</Trans>} />
      <Card>
        <LinkRow
          to="/add-money"
          icon={Landmark}
          title={account?.name ?? ""}
          subtitle={account === undefined ? " " : <AccountLine {...account} />}
        />
        <LinkRow
          to="/security"
          icon={ShieldCheck}
          title={<Trans>Security</Trans>}
          subtitle={<Trans>Passkeys, devices, recovery codes</Trans>}
        />
      </Card>
      <SectionHead title={<Trans>About you</Trans>} />
      <Card>
        <Row
          leading={
            <Avatar tone="blue">
              <Icon of={AtSign} size={20} />
            </Avatar>
          }
          title={session?.person.email ?? ""}
          subtitle={<Trans>Where we write to you</Trans>}
        />
        <HideRow />
      </Card>
      <p className="pt-6 text-center text-caption text-ink-soft">
        <Trans>Mainstay {version}</Trans>
      </p>
    </Page>
  );
}

function HideRow() {
  const { t } = useLingui();
  const [hidden, setHidden] = useHideAmounts();
  return (
    <Row
      leading={
        <Avatar tone="slate">
          <Icon of={EyeOff} size={20} />
        </Avatar>
      }
      title={<Trans>Hide amounts</Trans>}
      subtitle={<Trans>From eyes over your shoulder</Trans>}
      trailing={<Switch checked={hidden} onChange={setHidden} label={t`Hide amounts`} />}
    />
  );
}

type LinkRowProps = {
  readonly to: LinkProps["to"];
  readonly icon: LucideIcon;
  readonly title: ReactNode;
  readonly subtitle: ReactNode;
};

function LinkRow({ to, icon, title, subtitle }: LinkRowProps) {
  return (
    <Link to={to} className={classNames(row_class, row_press_class)}>
      <RowContent
        leading={
          <Avatar tone="teal">
            <Icon of={icon} size={20} />
          </Avatar>
        }
        title={title}
        subtitle={subtitle}
        trailing={<Icon of={ChevronRight} className="text-ink-soft" />}
      />
    </Link>
  );
}

function LogOut() {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const leave = async () => {
    setBusy(true);
    setFailure(await logOut());
    setBusy(false);
  };
  return (
    <>
      {failure !== null && <ProblemBanner failure={failure} />}
      <Button look="second" busy={busy} onClick={() => void leave()}>
        <Trans>Log out</Trans>
      </Button>
    </>
  );
}
