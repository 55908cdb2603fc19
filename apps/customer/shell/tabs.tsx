import { useLingui } from "@lingui/react/macro";
import { Icon, PotsIcon, TabBar, TabContent, tab_class } from "@mainstay/ui";
import { Link, Outlet, type LinkProps } from "@tanstack/react-router";
import { ArrowLeftRight, House, LifeBuoy } from "lucide-react";
import type { ReactNode } from "react";

/** The four rooms of the app, with the bar that leads from one to another. */
export function Tabs() {
  const { t } = useLingui();
  return (
    <>
      <Outlet />
      <TabBar label={t`Main`}>
        <Tab to="/home" name={t`Home`} icon={<Icon of={House} />} />
        <Tab to="/payments" name={t`Payments`} icon={<Icon of={ArrowLeftRight} />} />
        <Tab to="/pots" name={t`Pots`} icon={<PotsIcon />} />
        <Tab to="/help" name={t`Help`} icon={<Icon of={LifeBuoy} />} />
      </TabBar>
    </>
  );
}

function Tab({
  to,
  name,
  icon,
}: {
  readonly to: LinkProps["to"];
  readonly name: string;
  readonly icon: ReactNode;
}) {
  return (
    <Link to={to} className={tab_class}>
      {({ isActive }) => <TabContent icon={icon} name={name} active={isActive} />}
    </Link>
  );
}
