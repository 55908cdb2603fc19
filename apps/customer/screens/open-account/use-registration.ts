import { asId, isId, newId, type Id } from "@mainstay/kernel";
import type { Registration, RegistrationAnswers } from "@mainstay/wire";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { FailureError, type Failure } from "../../api/failure.ts";
import { request } from "../../api/request.ts";
import { browserClock, browserRandom } from "../../browser.ts";
import { keep, readKept } from "../../kept.ts";
import { forgetTyped } from "../../text/use-typed.ts";
import { queryClient } from "../../shell/session.ts";

/** How often a registration that others decide is asked for, in milliseconds. */
const checking_ms = 1_000;
const referred_ms = 10_000;

/** What this device keeps of an account that is being opened: the bank keeps the answers. */
type KeptRegistration = { readonly id: string };

function keptId(): Id<"reg"> | null {
  const id = readKept<KeptRegistration>("draft.open-account")?.id;
  return id !== undefined && isId("reg", id) ? asId("reg", id) : null;
}

function keptOrNewId(): Id<"reg"> {
  const kept = keptId();
  if (kept !== null) return kept;
  const id = newId("reg", { clock: browserClock, random: browserRandom });
  keep("draft.open-account", { id } satisfies KeptRegistration);
  return id;
}

/** The account is open, or is to be begun anew: nothing of the way is kept. */
export function forgetRegistration(): void {
  keep("draft.open-account", null);
  forgetTyped("open.");
  queryClient.removeQueries({ queryKey: ["registration"] });
}

async function read(): Promise<Registration | null> {
  const id = keptId();
  if (id === null) return null;
  const answer = await request<Registration>(`/api/registrations/${id}`);
  if (answer.ok) return answer.value;
  // One that the bank doesn't know (begun with another device key, or long ago) is begun anew.
  if (answer.error.status === 404) return null;
  throw new FailureError(answer.error);
}

/** How often to ask again how a registration stands; never while it is the customer's turn. */
function intervalOf(registration: Registration | null | undefined): number | false {
  if (registration?.state === "checking") return checking_ms;
  return registration?.state === "referred" ? referred_ms : false;
}

/** The account that is being opened on this device, kept when it is interrupted. */
export function useRegistration() {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const query = useQuery({
    queryKey: ["registration"],
    queryFn: read,
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: ({ state }) => intervalOf(state.data),
  });
  const send = async (method: "PUT" | "POST", path: string, body?: unknown): Promise<boolean> => {
    setBusy(true);
    setFailure(null);
    const answer = await request<Registration>(path, { method, body });
    if (answer.ok) queryClient.setQueryData(["registration"], answer.value);
    else setFailure(answer.error);
    setBusy(false);
    return answer.ok;
  };
  return {
    query,
    busy,
    failure,
    /** Saves the answers so far; true when the bank has them. */
    save: (answers: RegistrationAnswers) => send("PUT", `/api/registrations/${keptOrNewId()}`, { answers }),
    /** Asks the bank to check who the customer is. */
    check: () => send("POST", `/api/registrations/${keptOrNewId()}/check`),
  };
}
