import type { AccountId, Transfer } from "./index.ts";

/** What the model says of a transfer: "posted", or the code of the refusal or conflict. */
export type ModelOutcome = string;

type ModelAccount = { floor: bigint; ceiling: bigint; posted: bigint; held: bigint; balances: bigint[] };
type ModelTransfer = {
  transfer: Transfer;
  debit: AccountId;
  credit: AccountId;
  amount: bigint;
  left: bigint;
};

/**
 * The ledger as one would write it on a page: in memory, one transfer after the other. Tests compare the real
 * one with it.
 */
export type LedgerModel = {
  readonly open: (id: AccountId, floor: bigint, ceiling: bigint) => void;
  readonly post: (transfer: Transfer) => ModelOutcome;
  readonly postLinked: (transfers: readonly Transfer[]) => readonly ModelOutcome[];
  readonly account: (id: AccountId) => { posted: bigint; held: bigint; balances: readonly bigint[] };
};

const obligatory = new Set(["card-clearing", "chargeback", "correction"]);

/** The content that two transfers of one id are compared by. */
function contentOf(transfer: Transfer, leader: string | null): string {
  const { amount, ...rest } = { amount: undefined, ...transfer };
  const kept = Object.entries(rest).filter(([name]) => name !== "valueDate" && name !== "expiresAt");
  return JSON.stringify([kept.toSorted(), amount?.minor.toString(), amount?.currency, leader]);
}

/** Makes an empty book. */
export function createLedgerModel(now: () => Date): LedgerModel {
  let accounts = new Map<AccountId, ModelAccount>();
  let transfers = new Map<string, ModelTransfer>();
  const known = new Map<string, { content: string; outcome: ModelOutcome }>();

  function move(debit: ModelAccount, credit: ModelAccount, amount: bigint): void {
    debit.posted -= amount;
    credit.posted += amount;
    debit.balances.push(debit.posted);
    credit.balances.push(credit.posted);
  }

  /** What a transfer names, resolved: between which accounts, how much, and what becomes less by it. */
  function resolve(
    transfer: Transfer,
  ): ModelOutcome | (Omit<ModelTransfer, "transfer" | "left"> & { of?: ModelTransfer }) {
    if (transfer.type === "transfer" || transfer.type === "hold") {
      return { debit: transfer.debitAccount, credit: transfer.creditAccount, amount: transfer.amount.minor };
    }
    if (transfer.type === "reversal") {
      const of = transfers.get(transfer.reverses);
      if (of === undefined) return "transfer_not_found";
      if (of.transfer.type !== "transfer" && of.transfer.type !== "capture") return "not_reversible";
      const amount = transfer.amount?.minor ?? of.left;
      if (amount > of.left || amount === 0n) return "reversal_exceeds";
      return { debit: of.credit, credit: of.debit, amount, of };
    }
    const of = transfers.get(transfer.holdId);
    if (of?.transfer.type !== "hold") return "hold_not_found";
    if (of.left === 0n) return "hold_exhausted";
    const asked = transfer.type === "capture" ? transfer.amount?.minor : undefined;
    const amount = asked ?? of.left;
    if (amount > of.left) return "capture_exceeds_hold";
    const { expiresAt } = of.transfer;
    if (transfer.type === "capture" && expiresAt !== undefined && expiresAt <= now()) return "hold_expired";
    return { debit: of.debit, credit: of.credit, amount, of };
  }

  function apply(transfer: Transfer): ModelOutcome {
    const resolved = resolve(transfer);
    if (typeof resolved === "string") return resolved;
    const { debit: from, credit: to, amount, of } = resolved;
    const [debit, credit] = [accounts.get(from), accounts.get(to)];
    if (debit === undefined || credit === undefined) return "account_not_found";
    const isMoving = transfer.type !== "hold" && transfer.type !== "release";
    if (isMoving && credit.posted + amount > credit.ceiling) return "over_ceiling";
    const needsFunds = transfer.type !== "capture" && transfer.type !== "release";
    const mayPass = transfer.type !== "hold" && obligatory.has(transfer.kind);
    if (needsFunds && !mayPass && debit.posted - debit.held - amount < debit.floor)
      return "insufficient_funds";
    if (of !== undefined) of.left -= amount;
    if (transfer.type === "hold") debit.held += amount;
    if (transfer.type === "capture" || transfer.type === "release") debit.held -= amount;
    if (isMoving) move(debit, credit, amount);
    transfers.set(transfer.id, { transfer, debit: from, credit: to, amount, left: amount });
    return "posted";
  }

  function postLinked(group: readonly Transfer[], leader: string | null): readonly ModelOutcome[] {
    const contents = group.map((transfer) => contentOf(transfer, leader));
    const found = group.map((transfer) => known.get(transfer.id));
    if (found.some((one) => one !== undefined)) {
      const isSame = found.every((one, index) => one?.content === contents[index]);
      return found.map((one) => (isSame && one ? one.outcome : "id_conflict"));
    }
    const before = structuredClone({ accounts, transfers });
    const outcomes: ModelOutcome[] = [];
    for (const transfer of group) {
      const outcome = apply(transfer);
      outcomes.push(outcome);
      if (outcome !== "posted") break;
    }
    const failed = outcomes.findIndex((outcome) => outcome !== "posted");
    if (failed >= 0) ({ accounts, transfers } = before);
    const answers = group.map((_, index) =>
      failed < 0 ? "posted" : index === failed ? (outcomes[failed] ?? "") : "linked_refused",
    );
    for (const [index, transfer] of group.entries()) {
      known.set(transfer.id, { content: contents[index] ?? "", outcome: answers[index] ?? "" });
    }
    return answers;
  }

  return {
    open(id, floor, ceiling) {
      accounts.set(id, { floor, ceiling, posted: 0n, held: 0n, balances: [] });
    },
    post: (transfer) => postLinked([transfer], null)[0] ?? "",
    postLinked: (group) => postLinked(group, group[0]?.id ?? null),
    account: (id) => accounts.get(id) ?? { posted: 0n, held: 0n, balances: [] },
  };
}
