import { useLingui } from "@lingui/react/macro";
import { Icon, PotsIcon, TabBar, TabContent, tab_class } from "@mainstay/ui";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, type LinkProps } from "@tanstack/react-router";
import { ArrowLeftRight, House, LifeBuoy } from "lucide-react";
import type { ReactNode } from "react";
import { inboxQuery } from "../api/inbox.ts";
import { useSession } from "./session.ts";

/** The four rooms of the app, with the bar that leads from one to another. */
export function Tabs() {
  const { t } = useLingui();
  const session = useSession();
  const inbox = useQuery({ ...inboxQuery, enabled: session?.sees === "full" });
  const hasNews = (inbox.data?.unread ?? 0) > 0;
  return (
    <>
      <Outlet />
      <TabBar label={t`Main`}>
        <Tab to="/home" name={t`Home`} icon={<Icon of={House} />} />
        <Tab to="/payments" name={t`Payments`} icon={<Icon of={ArrowLeftRight} />} />
        <Tab to="/pots" name={t`Pots`} icon={<PotsIcon />} />
        <Tab
          to="/help"
          name={t`Help`}
          icon={<Icon of={LifeBuoy} />}
          news={hasNews ? t`New messages` : undefined}
        />
      </TabBar>
    </>
  );
}

function Tab({
  to,
  name,
  icon,
  news,
}: {
  readonly to: LinkProps["to"];
  readonly name: string;
  readonly icon: ReactNode;
  readonly news?: string | undefined;
}) {
  return (
    <Link to={to} className={tab_class}>
      {({ isActive }) => <TabContent icon={icon} name={name} active={isActive} news={news} />}
    </Link>
  );
}
