import { Trans } from "@lingui/react/macro";
import { Banner, Button, Icon } from "@mainstay/ui";
import { FingerprintPattern, LockKeyhole } from "lucide-react";
import { useState } from "react";
import { logIn } from "../login/log-in.ts";
import { lookAround } from "../login/look-around.ts";
import { renewSession, useSession } from "./session.ts";

/**
 * After five idle minutes a session sees the balance alone; one touch of the passkey brings the rest back.
 */
export function StepUp() {
  const session = useSession();
  const [busy, setBusy] = useState(false);
  const touch = async () => {
    setBusy(true);
    // A demo customer without a passkey here has nothing to touch: looking around begins again.
    const answer = await (session?.demo === true && !session.hasPasskey ? lookAround() : logIn());
    if (answer.ok) await renewSession(answer.value);
    setBusy(false);
  };
  return (
    <Banner
      tone="harbour"
      icon={LockKeyhole}
      title={<Trans>You’ve been away for a while</Trans>}
      action={
        <Button
          size="pair"
          icon={<Icon of={FingerprintPattern} size={20} />}
          busy={busy}
          onClick={() => void touch()}
        >
          <Trans>It’s me</Trans>
        </Button>
      }
    >
      <Trans>Touch your passkey, and everything is back in sight.</Trans>
    </Banner>
  );
}
