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

type Known = { readonly content: string; readonly outcome: ModelOutcome };

type State = {
  accounts: Map<AccountId, ModelAccount>;
  transfers: Map<string, ModelTransfer>;
  readonly known: Map<string, Known>;
  readonly now: () => Date;
};

/** What a transfer comes to: between which accounts, how much, and of what it takes. */
type Resolved = {
  readonly debit: AccountId;
  readonly credit: AccountId;
  readonly amount: bigint;
  readonly of?: ModelTransfer;
};

function resolveReversal(state: State, reverses: string, asked: bigint | undefined): ModelOutcome | Resolved {
  const of = state.transfers.get(reverses);
  if (of === undefined) return "transfer_not_found";
  if (of.transfer.type !== "transfer" && of.transfer.type !== "capture") return "not_reversible";
  const amount = asked ?? of.left;
  if (amount > of.left || amount === 0n) return "reversal_exceeds";
  return { debit: of.credit, credit: of.debit, amount, of };
}

function resolve(state: State, transfer: Transfer): ModelOutcome | Resolved {
  if (transfer.type === "transfer" || transfer.type === "hold") {
    return { debit: transfer.debitAccount, credit: transfer.creditAccount, amount: transfer.amount.minor };
  }
  if (transfer.type === "reversal") {
    return resolveReversal(state, transfer.reverses, transfer.amount?.minor);
  }
  const of = state.transfers.get(transfer.holdId);
  if (of?.transfer.type !== "hold") return "hold_not_found";
  if (of.left === 0n) return "hold_exhausted";
  const asked = transfer.type === "capture" ? transfer.amount?.minor : undefined;
  const amount = asked ?? of.left;
  if (amount > of.left) return "capture_exceeds_hold";
  const { expiresAt } = of.transfer;
  const isExpired = expiresAt !== undefined && expiresAt <= state.now();
  if (transfer.type === "capture" && isExpired) return "hold_expired";
  return { debit: of.debit, credit: of.credit, amount, of };
}

function move(debit: ModelAccount, credit: ModelAccount, amount: bigint): void {
  debit.posted -= amount;
  credit.posted += amount;
  debit.balances.push(debit.posted);
  credit.balances.push(credit.posted);
}

function apply(state: State, transfer: Transfer): ModelOutcome {
  const resolved = resolve(state, transfer);
  if (typeof resolved === "string") return resolved;
  const { debit: from, credit: to, amount, of } = resolved;
  const [debit, credit] = [state.accounts.get(from), state.accounts.get(to)];
  if (debit === undefined || credit === undefined) return "account_not_found";
  const isMoving = transfer.type !== "hold" && transfer.type !== "release";
  if (isMoving && credit.posted + amount > credit.ceiling) return "over_ceiling";
  const needsFunds = transfer.type !== "capture" && transfer.type !== "release";
  const mayPass = transfer.type !== "hold" && obligatory.has(transfer.kind);
  const available = debit.posted - debit.held - debit.floor;
  if (needsFunds && !mayPass && available < amount) return "insufficient_funds";
  if (of !== undefined) of.left -= amount;
  if (transfer.type === "hold") debit.held += amount;
  if (transfer.type === "capture" || transfer.type === "release") debit.held -= amount;
  if (isMoving) move(debit, credit, amount);
  state.transfers.set(transfer.id, { transfer, debit: from, credit: to, amount, left: amount });
  return "posted";
}

/** Applies all or none. */
function applyAll(state: State, group: readonly Transfer[]): readonly ModelOutcome[] {
  const { accounts, transfers } = structuredClone({ accounts: state.accounts, transfers: state.transfers });
  for (const [index, transfer] of group.entries()) {
    // A reversal names what an earlier call has posted, never a member of its own group.
    const isOwn = transfer.type === "reversal" && group.some(({ id }) => id === transfer.reverses);
    const outcome = isOwn ? "transfer_not_found" : apply(state, transfer);
    if (outcome === "posted") continue;
    Object.assign(state, { accounts, transfers });
    return group.map((_, other) => (other === index ? outcome : "linked_refused"));
  }
  return group.map(() => "posted");
}

function postGroup(state: State, group: readonly Transfer[], leader: string | null): readonly ModelOutcome[] {
  const contents = group.map((transfer) => contentOf(transfer, leader));
  const found = group.map((transfer) => state.known.get(transfer.id));
  if (found.some((one) => one !== undefined)) {
    const isSame = found.every((one, index) => one?.content === contents[index]);
    return found.map((one) => (isSame && one ? one.outcome : "id_conflict"));
  }
  const outcomes = applyAll(state, group);
  for (const [index, transfer] of group.entries()) {
    state.known.set(transfer.id, { content: contents[index] ?? "", outcome: outcomes[index] ?? "" });
  }
  return outcomes;
}

/** Makes an empty book. */
export function createLedgerModel(now: () => Date): LedgerModel {
  const state: State = { accounts: new Map(), transfers: new Map(), known: new Map(), now };
  return {
    open(id, floor, ceiling) {
      state.accounts.set(id, { floor, ceiling, posted: 0n, held: 0n, balances: [] });
    },
    post: (transfer) => postGroup(state, [transfer], null)[0] ?? "",
    postLinked: (group) => postGroup(state, group, group[0]?.id ?? null),
    account: (id) => state.accounts.get(id) ?? { posted: 0n, held: 0n, balances: [] },
  };
}
