import { Trans, useLingui } from "@lingui/react/macro";
import { Avatar, Button, Card, Fact, Icon, RowButton, Sheet, SkeletonRows } from "@mainstay/ui";
import type { Passkey } from "@mainstay/wire";
import { useQuery } from "@tanstack/react-query";
import { ChevronRight, KeyRound } from "lucide-react";
import { useState } from "react";
import { failureOf, type Failure } from "../../api/failure.ts";
import { passkeysQuery } from "../../api/queries.ts";
import { request } from "../../api/request.ts";
import { serverNow } from "../../browser.ts";
import { ProblemBanner, ProblemState } from "../../shell/problem.tsx";
import { queryClient } from "../../shell/session.ts";
import { dateText } from "../../text/dates.ts";
import { When } from "../home/last-home-view.tsx";

/** The customer's passkeys; each opens with what it is and a way to remove it. */
export function Passkeys() {
  const { t } = useLingui();
  const passkeys = useQuery(passkeysQuery);
  const [chosen, setChosen] = useState<Passkey | null>(null);
  if (passkeys.isPending) return <SkeletonRows count={1} label={t`Your passkeys are on their way`} />;
  if (passkeys.isError) {
    return <ProblemState failure={failureOf(passkeys.error)} onRetry={() => void passkeys.refetch()} />;
  }
  return (
    <>
      <Card>
        {passkeys.data.map((passkey, index) => (
          <RowButton
            key={passkey.id}
            onClick={() => setChosen(passkey)}
            leading={
              <Avatar tone={index % 2 === 0 ? "teal" : "amber"}>
                <Icon of={KeyRound} size={20} />
              </Avatar>
            }
            title={passkey.name}
            subtitle={<LastUsed passkey={passkey} />}
            trailing={<Icon of={ChevronRight} className="text-ink-soft" />}
          />
        ))}
      </Card>
      <Sheet open={chosen !== null} onClose={() => setChosen(null)} title={chosen?.name ?? ""}>
        {chosen !== null && (
          <PasskeyDetails
            passkey={chosen}
            isOnly={passkeys.data.length === 1}
            onClose={() => setChosen(null)}
          />
        )}
      </Sheet>
    </>
  );
}

function LastUsed({ passkey }: { readonly passkey: Passkey }) {
  if (passkey.lastUsedAt === null) return <Trans>Not used yet</Trans>;
  return (
    <Trans>
      Last used <When iso={passkey.lastUsedAt} />
    </Trans>
  );
}

type DetailsProps = { readonly passkey: Passkey; readonly isOnly: boolean; readonly onClose: () => void };

function PasskeyDetails({ passkey, isOnly, onClose }: DetailsProps) {
  const [isSure, setSure] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const remove = async () => {
    if (!isSure) return setSure(true);
    setBusy(true);
    const answer = await request(`/api/passkeys/${passkey.id}`, { method: "DELETE" });
    await queryClient.invalidateQueries({ queryKey: passkeysQuery.queryKey });
    setBusy(false);
    if (answer.ok) onClose();
    else setFailure(answer.error);
  };
  return (
    <div className="flex flex-col gap-4">
      <Card className="px-4 py-2">
        <dl>
          <Fact name={<Trans>Made</Trans>}>{dateText(passkey.createdAt, serverNow())}</Fact>
          <Fact name={<Trans>Last used</Trans>}>
            {passkey.lastUsedAt === null ? <Trans>Not yet</Trans> : dateText(passkey.lastUsedAt, serverNow())}
          </Fact>
        </dl>
      </Card>
      {failure !== null && <ProblemBanner failure={failure} />}
      {isOnly ? (
        <p className="px-1 text-body text-ink-soft">
          <Trans>It’s the only way into your account. Add another passkey before you remove it.</Trans>
        </p>
      ) : (
        <Button look={isSure ? "warn" : "second"} busy={busy} onClick={() => void remove()}>
          {isSure ? <Trans>Yes, remove it</Trans> : <Trans>Remove this passkey</Trans>}
        </Button>
      )}
    </div>
  );
}
