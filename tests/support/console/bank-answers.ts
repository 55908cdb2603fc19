import { entries, ledger, payment, payments, reconciliation } from "./bank-books.ts";
import { customer, found, thread, waitingThreads } from "./bank-customers.ts";

/** What the bank answers staff through control, by the path after `/api/bank/`; null for what it hasn't. */
export function bankAnswer(url: URL): unknown {
  const [kind, name = ""] = url.pathname.slice("/api/bank/".length).split("/");
  if (kind === "referrals") return { referrals: [] };
  if (kind === "customers") return name === "" ? found : customer;
  if (kind === "threads") {
    if (name === "waiting") return { waiting: waitingThreads.waiting };
    return name === "" ? waitingThreads : thread(name);
  }
  if (kind === "ledger") return name === "" ? ledger : entries;
  if (kind !== "payments") return null;
  if (name === "reconciliation") return reconciliation;
  return name === "" ? payments(url.searchParams.get("direction") === "in" ? "in" : "out") : payment(name);
}
