import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Field, Icon } from "@mainstay/ui";
import { useNavigate } from "@tanstack/react-router";
import { FingerprintPattern } from "lucide-react";
import { useId, useState, type FormEvent } from "react";
import type { Failure } from "../api/failure.ts";
import { logInWithNewPasskey } from "../login/log-in-with-new-passkey.ts";
import type { PasskeyFailure } from "../login/passkey.ts";
import { BackBar, Page } from "../shell/page.tsx";
import { PasskeyProblem } from "../shell/passkey-problem.tsx";
import { ProblemBanner } from "../shell/problem.tsx";
import { useFirstField } from "../text/use-first-field.ts";
import { forgetTyped, useTyped } from "../text/use-typed.ts";
import { beginSession } from "../shell/session.ts";

/** The way back in: one recovery code and the e-mail address, and a new passkey on this device. */
export function RecoverScreen() {
  const { t } = useLingui();
  const formId = useId();
  const form = useFirstField<HTMLFormElement>();
  const recovery = useRecovery();
  const [email, setEmail] = useTyped("recover.email");
  const [code, setCode] = useTyped("recover.code");
  const [isTried, setTried] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (email.trim().length >= 3 && code.trim().length >= 8) recovery.recover(email.trim(), code.trim());
  };
  return (
    <Page
      bar={<BackBar to="/welcome" title={<Trans>Lost your passkey?</Trans>} />}
      foot={
        <Button type="submit" form={formId} icon={<Icon of={FingerprintPattern} />} busy={recovery.busy}>
          <Trans>Make a new passkey</Trans>
        </Button>
      }
    >
      <h2 className="pt-2 text-title text-balance">
        <Trans>Use a recovery code</Trans>
      </h2>
      <p className="mt-1.5 text-row text-ink-soft">
        <Trans>You were shown ten when you opened your account. Each works one time.</Trans>
      </p>
      <form ref={form} id={formId} noValidate onSubmit={submit} className="flex flex-col gap-4 pt-6">
        <Field
          label={t`Your e-mail`}
          type="email"
          inputMode="email"
          autoComplete="email"
          autoCapitalize="none"
          value={email}
          maxLength={254}
          onChange={(event) => setEmail(event.target.value)}
          {...(isTried && email.trim().length < 3
            ? { error: t`Type the e-mail address that we write to.` }
            : {})}
        />
        <Field
          label={t`Recovery code`}
          autoComplete="one-time-code"
          autoCapitalize="characters"
          spellCheck={false}
          value={code}
          maxLength={40}
          onChange={(event) => setCode(event.target.value)}
          {...(isTried && code.trim().length < 8 ? { error: t`Type one of your ten codes.` } : {})}
        />
      </form>
      <div className="flex flex-col gap-3 pt-5">
        {recovery.failure !== null && <ProblemBanner failure={recovery.failure} />}
        {recovery.passkeyFailure !== null && (
          <PasskeyProblem reason={recovery.passkeyFailure} purpose="make" />
        )}
      </div>
    </Page>
  );
}

function useRecovery() {
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [passkeyFailure, setPasskeyFailure] = useState<PasskeyFailure | null>(null);
  const run = async (email: string, code: string) => {
    setFailure(null);
    setPasskeyFailure(null);
    const begin = { path: "/api/recovery", body: { email, code } };
    const entered = await logInWithNewPasskey({ begin, path: "/api/recovery/passkey" });
    if (!entered.ok) {
      const { error } = entered;
      return error.by === "bank" ? setFailure(error.failure) : setPasskeyFailure(error.reason);
    }
    forgetTyped("recover.");
    beginSession(entered.value);
    await navigate({ to: "/home", replace: true });
  };
  return {
    recover: (email: string, code: string) => {
      setBusy(true);
      void run(email, code).finally(() => setBusy(false));
    },
    busy,
    failure,
    passkeyFailure,
  };
}
