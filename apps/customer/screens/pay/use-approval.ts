import type { Payment } from "@mainstay/wire";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { isUnreached, type Failure } from "../../api/failure.ts";
import { accountsQuery, paymentQuery } from "../../api/queries.ts";
import { request } from "../../api/request.ts";
import { touchPasskey, type PasskeyFailure } from "../../login/passkey.ts";
import { queryClient, useSession } from "../../shell/session.ts";
import { dropDraft } from "./draft.ts";

/** Approves a payment: the passkey signs what the bank showed, once, and nothing is signed while offline. */
export function useApproval(payment: Payment) {
  const navigate = useNavigate();
  const session = useSession();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [passkeyFailure, setPasskeyFailure] = useState<PasskeyFailure | null>(null);

  const take = async (approved: Payment) => {
    queryClient.setQueryData(paymentQuery(approved.id).queryKey, approved);
    void queryClient.invalidateQueries({ queryKey: accountsQuery.queryKey });
    void queryClient.invalidateQueries({ queryKey: ["feed"] });
    void queryClient.invalidateQueries({ queryKey: ["payees"] });
    dropDraft();
    await navigate({ to: "/pay/$paymentId/sent", params: { paymentId: approved.id }, replace: true });
  };

  const approve = async () => {
    if (payment.approval === null) return;
    setFailure(null);
    setPasskeyFailure(null);
    setBusy(true);
    const touched = await touchPasskey(payment.approval.options);
    if (touched.ok) {
      const answer = await request<Payment>(`/api/payments/${payment.id}/approve`, {
        method: "POST",
        body: { credential: touched.value },
      });
      if (answer.ok) await take(answer.value);
      else {
        setFailure(answer.error);
        // It may have arrived all the same: the bank's own record says, and a second approval pays nothing
        // twice.
        if (isUnreached(answer.error) || answer.error.status >= 500 || answer.error.status === 409) {
          void queryClient.invalidateQueries({ queryKey: ["payment", payment.id] });
        }
      }
    } else {
      setPasskeyFailure(touched.error);
    }
    setBusy(false);
  };

  return {
    approve: () => void approve(),
    busy,
    failure,
    passkeyFailure,
    /** A demo customer has no passkey on this device yet: one is made before the first payment. */
    needsPasskey: session !== null && !session.hasPasskey,
  };
}
