import { Trans, useLingui } from "@lingui/react/macro";
import { Banner, Button, Field } from "@mainstay/ui";
import type { PayeeCheck } from "@mainstay/wire";
import { useNavigate } from "@tanstack/react-router";
import { TriangleAlert } from "lucide-react";
import { useId, useState, type FormEvent } from "react";
import type { Failure } from "../../api/failure.ts";
import { request } from "../../api/request.ts";
import { BackBar, Page } from "../../shell/page.tsx";
import { ProblemBanner } from "../../shell/problem.tsx";
import { accountNumberText, digitsOf, sortCodeText } from "../../text/account-numbers.ts";
import { useFirstField } from "../../text/use-first-field.ts";
import { changeDraft, usePayDraft } from "./draft.ts";
import { NameCheckResult } from "./name-check.tsx";

type Details = { readonly name: string; readonly sortCode: string; readonly accountNumber: string };

/** What the check said of these very details. */
type Checked = { readonly details: Details; readonly answer: PayeeCheck };

/** Someone new: their details, and what their bank says of the name. */
export function NewPayeeScreen() {
  const formId = useId();
  const form = useFirstField<HTMLFormElement>();
  const state = useNewPayee();
  const { checked, busy } = state;
  const needsChoice = checked !== null && checked.answer.check.result !== "match";
  return (
    <Page
      bar={<BackBar to="/pay" title={<Trans>Someone new</Trans>} />}
      foot={
        needsChoice ? (
          <Choice checked={checked} onUse={state.use} onMend={state.mend} />
        ) : (
          <Button type="submit" form={formId} busy={busy}>
            <Trans>Check the name</Trans>
          </Button>
        )
      }
    >
      <form ref={form} id={formId} onSubmit={state.submit} noValidate className="flex flex-col gap-4 pt-1">
        <DetailFields state={state} />
      </form>
      <div className="pt-4">
        {state.failure !== null && <ProblemBanner failure={state.failure} />}
        {checked !== null && (
          <div role="status">
            <NameCheckResult
              check={checked.answer.check}
              typedName={checked.details.name}
              bankName={checked.answer.bankName}
            />
          </div>
        )}
      </div>
    </Page>
  );
}

function useNewPayee() {
  const { payee } = usePayDraft();
  const navigate = useNavigate();
  const known =
    payee !== null && payee.id === undefined ? payee : { name: "", sortCode: "", accountNumber: "" };
  const [details, setDetails] = useState<Details>(known);
  const [isTried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [checked, setChecked] = useState<Checked | null>(null);
  const mend = () => setChecked(null);
  const change = (changed: Partial<Details>) => {
    const next = { ...details, ...changed };
    setDetails(next);
    mend();
    setFailure(null);
    changeDraft({ payee: next });
  };
  const use = (name: string, { details: found, answer }: Checked) => {
    changeDraft({ payee: { ...found, name, bankName: answer.bankName, check: answer.check } });
    void navigate({ to: "/pay/amount" });
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const wanted = { ...details, name: details.name.trim() };
    if (wanted.name === "" || wanted.sortCode.length !== 6 || wanted.accountNumber.length !== 8) return;
    setBusy(true);
    setFailure(null);
    const { name, sortCode, accountNumber } = wanted;
    const body = { name, sortCode, accountNumber };
    const answer = await request<PayeeCheck>("/api/payees/check", { method: "POST", body });
    setBusy(false);
    if (!answer.ok) return setFailure(answer.error);
    const found = { details: body, answer: answer.value };
    if (answer.value.check.result === "match") use(wanted.name, found);
    else setChecked(found);
  };
  return {
    details,
    change,
    isTried,
    busy,
    failure,
    checked,
    mend,
    use,
    submit: (event: FormEvent) => void submit(event),
  };
}

function DetailFields({ state }: { readonly state: ReturnType<typeof useNewPayee> }) {
  const { t } = useLingui();
  const { details, change, isTried } = state;
  const missing = (isMissing: boolean, words: string) => (isTried && isMissing ? { error: words } : {});
  return (
    <>
      <Field
        label={t`Their name, as on their account`}
        value={details.name}
        maxLength={140}
        autoComplete="off"
        onChange={(event) => change({ name: event.target.value })}
        {...missing(details.name.trim() === "", t`Type the name of the person or business.`)}
      />
      <Field
        label={t`Sort code`}
        value={sortCodeText(details.sortCode)}
        inputMode="numeric"
        autoComplete="off"
        placeholder="00-00-00"
        onChange={(event) => change({ sortCode: digitsOf(event.target.value, 6) })}
        {...missing(details.sortCode.length !== 6, t`A sort code has six digits.`)}
      />
      <Field
        label={t`Account number`}
        value={accountNumberText(details.accountNumber)}
        inputMode="numeric"
        autoComplete="off"
        placeholder="0000 0000"
        onChange={(event) => change({ accountNumber: digitsOf(event.target.value, 8) })}
        {...missing(
          details.accountNumber.length !== 8,
          t`An account number has eight digits. Put zeros in front of a shorter one.`,
        )}
      />
    </>
  );
}

type ChoiceProps = {
  readonly checked: Checked;
  readonly onUse: (name: string, checked: Checked) => void;
  readonly onMend: () => void;
};

/**
 * What to do when the name isn't simply right. The safe way is the button; the other asks for a second
 * thought.
 */
function Choice({ checked, onUse, onMend }: ChoiceProps) {
  const { check } = checked.answer;
  const { name } = checked.details;
  const holder = check.name;
  if (check.result === "close_match" && holder !== undefined) {
    return (
      <>
        <Button onClick={() => onUse(holder, checked)}>
          <Trans>Use “{holder}”</Trans>
        </Button>
        <Button look="quiet" onClick={() => onUse(name, checked)}>
          <Trans>Keep “{name}”</Trans>
        </Button>
      </>
    );
  }
  return (
    <>
      {check.result === "no_match" && (
        <Banner tone="lamp" icon={TriangleAlert}>
          <Trans>Ask them for their details again. Money sent to the wrong account may not come back.</Trans>
        </Banner>
      )}
      <Button onClick={onMend}>
        <Trans>Mend the details</Trans>
      </Button>
      <Button look="quiet" onClick={() => onUse(name, checked)}>
        <Trans>Carry on anyway</Trans>
      </Button>
    </>
  );
}
