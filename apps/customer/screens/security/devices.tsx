import { Trans, useLingui } from "@lingui/react/macro";
import { Avatar, Button, Card, Icon, Row, SkeletonRows } from "@mainstay/ui";
import type { Device } from "@mainstay/wire";
import { useQuery } from "@tanstack/react-query";
import { Laptop, Smartphone } from "lucide-react";
import { useState } from "react";
import { failureOf, type Failure } from "../../api/failure.ts";
import { devicesQuery } from "../../api/queries.ts";
import { request } from "../../api/request.ts";
import { ProblemBanner, ProblemState } from "../../shell/problem.tsx";
import { queryClient } from "../../shell/session.ts";
import { When } from "../home/last-home-view.tsx";

/**
 * The devices on which the customer is logged in, this one first, each of the others with a way to log it
 * out.
 */
export function Devices() {
  const { t } = useLingui();
  const devices = useQuery(devicesQuery);
  const [failure, setFailure] = useState<Failure | null>(null);
  if (devices.isPending) return <SkeletonRows count={1} label={t`Your devices are on their way`} />;
  if (devices.isError) {
    return <ProblemState failure={failureOf(devices.error)} onRetry={() => void devices.refetch()} />;
  }
  const shown = devices.data
    .filter(({ loggedIn, current }) => loggedIn || current)
    .sort((left, right) => Number(right.current) - Number(left.current));
  return (
    <div className="flex flex-col gap-3">
      {failure !== null && <ProblemBanner failure={failure} />}
      <Card>
        {shown.map((device) => (
          <DeviceRow key={device.id} device={device} onFailure={setFailure} />
        ))}
      </Card>
    </div>
  );
}

type DeviceRowProps = { readonly device: Device; readonly onFailure: (failure: Failure | null) => void };

function DeviceRow({ device, onFailure }: DeviceRowProps) {
  const { t } = useLingui();
  const [busy, setBusy] = useState(false);
  const { name } = device;
  const logOutThere = async () => {
    setBusy(true);
    onFailure(null);
    const answer = await request(`/api/devices/${device.id}`, { method: "DELETE" });
    if (!answer.ok) onFailure(answer.error);
    await queryClient.invalidateQueries({ queryKey: devicesQuery.queryKey });
    setBusy(false);
  };
  return (
    <Row
      leading={
        <Avatar tone="slate">
          <Icon of={/phone/i.test(name) ? Smartphone : Laptop} size={20} />
        </Avatar>
      }
      title={name}
      subtitle={
        device.current ? (
          <span className="text-good">
            <span aria-hidden className="mr-1.5 inline-block size-2 rounded-full bg-good align-[1px]" />
            <Trans>This device, now</Trans>
          </span>
        ) : (
          <Trans>
            Here <When iso={device.lastSeenAt} />
          </Trans>
        )
      }
      trailing={
        device.current ? undefined : (
          <Button
            look="warn"
            size="small"
            busy={busy}
            aria-label={t`Log out ${name}`}
            onClick={() => void logOutThere()}
          >
            <Trans>Log out</Trans>
          </Button>
        )
      }
    />
  );
}
