import { Trans } from "@lingui/react/macro";
import { Banner, Button } from "@mainstay/ui";
import type { RecoveryCodes } from "@mainstay/wire";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { TriangleAlert } from "lucide-react";
import { useState } from "react";
import type { Failure } from "../../api/failure.ts";
import { securityQuery } from "../../api/queries.ts";
import { request } from "../../api/request.ts";
import { BackBar, Page } from "../../shell/page.tsx";
import { ProblemBanner } from "../../shell/problem.tsx";
import { queryClient } from "../../shell/session.ts";
import { CodeList } from "./code-list.tsx";

/** Makes ten fresh recovery codes and shows them, once. */
export function RecoveryCodesScreen() {
  const navigate = useNavigate();
  const { data } = useQuery(securityQuery);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const make = async () => {
    setBusy(true);
    setFailure(null);
    const answer = await request<RecoveryCodes>("/api/recovery-codes", { method: "POST" });
    if (answer.ok) setCodes(answer.value.codes);
    else setFailure(answer.error);
    void queryClient.invalidateQueries({ queryKey: securityQuery.queryKey });
    setBusy(false);
  };
  const hasCodes = data?.recoveryCodes !== undefined && data.recoveryCodes !== null;
  return (
    <Page
      bar={<BackBar to="/security" title={<Trans>Recovery codes</Trans>} />}
      foot={
        codes === null ? (
          <Button busy={busy} onClick={() => void make()}>
            {hasCodes ? <Trans>Make ten new codes</Trans> : <Trans>Make ten codes</Trans>}
          </Button>
        ) : (
          <Button onClick={() => void navigate({ to: "/security", replace: true })}>
            <Trans>I’ve kept them safe</Trans>
          </Button>
        )
      }
    >
      <h2 className="pt-2 text-title">
        {codes === null ? <Trans>The way back in</Trans> : <Trans>Keep these somewhere safe</Trans>}
      </h2>
      <p className="mt-1.5 text-row text-ink-soft">
        {codes === null ? (
          <Trans>
            Should you lose every device that has your passkey, one of these codes and your e-mail address let
            you make a new one.
          </Trans>
        ) : (
          <Trans>
            We show them this once. Print them, or write them down away from your phone. Each works one time.
          </Trans>
        )}
      </p>
      <div className="flex flex-col gap-3 pt-5">
        {codes === null && hasCodes && (
          <Banner tone="lamp" icon={TriangleAlert} title={<Trans>The old ones stop working</Trans>}>
            <Trans>As soon as the new codes are made, the ones you have can be thrown away.</Trans>
          </Banner>
        )}
        {failure !== null && <ProblemBanner failure={failure} />}
        {codes !== null && <CodeList codes={codes} />}
      </div>
    </Page>
  );
}
