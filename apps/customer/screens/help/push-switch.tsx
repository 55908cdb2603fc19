import { Trans, useLingui } from "@lingui/react/macro";
import { Avatar, Banner, Card, Icon, row_class, Switch } from "@mainstay/ui";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { Bell, BellOff } from "lucide-react";
import { useState, type ReactNode } from "react";
import { ProblemBanner } from "../../shell/problem.tsx";
import { queryClient } from "../../shell/session.ts";
import { readPushState, switchPushOff, switchPushOn, type PushFailure, type PushState } from "./push.ts";

const pushQuery = queryOptions({ queryKey: ["push"], queryFn: readPushState, staleTime: 0 });

/** Whether a new message is told by a notification on this device; honest where the browser can't. */
export function PushSwitch() {
  const { t } = useLingui();
  const { data: state } = useQuery(pushQuery);
  const [failure, setFailure] = useState<PushFailure | null>(null);
  const [wanted, setWanted] = useState<boolean | null>(null);
  if (state === undefined) return null;
  const isUsable = state === "on" || state === "off";
  const change = async (isOn: boolean) => {
    setWanted(isOn);
    setFailure(null);
    const changed = await (isOn ? switchPushOn() : switchPushOff());
    if (!changed.ok) setFailure(changed.error);
    await queryClient.invalidateQueries({ queryKey: pushQuery.queryKey });
    setWanted(null);
  };
  return (
    <div className="flex flex-col gap-3">
      <Card>
        <div className={row_class}>
          <Avatar tone={isUsable ? "amber" : "slate"}>
            <Icon of={isUsable ? Bell : BellOff} size={20} />
          </Avatar>
          <span className="min-w-0 flex-1">
            <span className="block text-row leading-[1.375rem] font-medium">
              <Trans>Notifications here</Trans>
            </span>
            <span className="block text-body text-ink-soft">
              <StateWords state={state} />
            </span>
          </span>
          {isUsable && (
            <Switch
              checked={wanted ?? state === "on"}
              onChange={(isOn) => void change(isOn)}
              label={t`Notifications of new messages on this device`}
            />
          )}
        </div>
      </Card>
      {failure !== null && <Refused failure={failure} />}
    </div>
  );
}

function StateWords({ state }: { readonly state: PushState }): ReactNode {
  switch (state) {
    case "on":
      return <Trans>New messages show up on this device</Trans>;
    case "off":
      return <Trans>Tell me of new messages on this device</Trans>;
    case "blocked":
      return <Trans>Your browser blocks them for Mainstay: allow them in its settings</Trans>;
    case "unsupported":
      return <Trans>This browser can’t show them. Your messages are always here</Trans>;
  }
}

function Refused({ failure }: { readonly failure: PushFailure }) {
  if (failure.by === "bank") return <ProblemBanner failure={failure.failure} />;
  return (
    <Banner tone="lamp" icon={BellOff} role="alert" title={<Trans>Notifications stay off</Trans>}>
      {failure.by === "person" ? (
        <Trans>You didn’t allow them, and that’s fine: your messages are always here.</Trans>
      ) : (
        <Trans>This browser’s push service said no and doesn’t say why. Your messages are always here.</Trans>
      )}
    </Banner>
  );
}
