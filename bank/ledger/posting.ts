import type { InputCode } from "./errors.ts";
import { createPoster } from "./poster.ts";
import { createQueue, type PostingQueue } from "./queue.ts";
import { accountsFrom, groupError, inputError, ownAccounts, targetOf, type Prepared } from "./rules.ts";
import { createTargets, type Targets } from "./targets.ts";
import type { LedgerDeps, Outcome, Transfer } from "./types.ts";

/** How many batches may be in flight unless told otherwise: a third gains nothing on one server. */
const writers_default = 2;

/** The part of the ledger that posts. */
export type Posting = {
  readonly post: (transfer: Transfer) => Promise<Outcome>;
  readonly postLinked: (transfers: readonly Transfer[]) => Promise<readonly Outcome[]>;
  readonly onPosted: (listener: () => void) => () => void;
  readonly queue: Pick<PostingQueue, "size" | "idle">;
};

function invalid(code: InputCode): Outcome {
  return { status: "refused", code, refusedAt: null, replayed: false };
}

/**
 * Answers a group of which a member is wrong in itself: that one says why, the others that they belong with
 * it.
 */
function invalidGroup(codes: readonly (InputCode | null)[]): readonly Outcome[] {
  return codes.map((code) =>
    code === null
      ? { status: "refused", code: "linked_refused", refusedAt: null, replayed: false }
      : invalid(code),
  );
}

function detailsOf(transfer: Transfer): string | null {
  return transfer.details === undefined || transfer.details === null
    ? null
    : JSON.stringify(transfer.details);
}

/** Finds out all that a batch needs to know of a transfer. `group` is what it is linked with, and itself. */
async function prepare(
  targets: Targets,
  transfer: Transfer,
  detailsJson: string | null,
  group: readonly Transfer[],
): Promise<Prepared> {
  const leader = group[0]?.id ?? null;
  const target = targetOf(transfer);
  if (target === null) return { transfer, accounts: ownAccounts(transfer), detailsJson, leader };
  // A hold and its capture may stand in one group.
  const sibling = group.find(({ id }) => id === target);
  const named = (sibling && ownAccounts(sibling)) ?? (await targets.find(target));
  return { transfer, accounts: named && accountsFrom(transfer, named), detailsJson, leader };
}

/** Remembers the accounts of a hold that was posted. */
function remember(targets: Targets, { transfer, accounts }: Prepared, outcome: Outcome | undefined): void {
  if (transfer.type === "hold" && outcome?.status === "posted" && accounts !== null) {
    targets.remember(transfer.id, accounts);
  }
}

/** Makes the part that posts: input is checked, what is named is looked up, and the queue does the rest. */
export function createPosting(deps: LedgerDeps & { readonly batch_max?: number }): Posting {
  const targets = createTargets(deps);
  const listeners = new Set<() => void>();
  const queue = createQueue({
    post: createPoster(deps),
    writers: deps.writers ?? writers_default,
    ...(deps.batch_max === undefined ? {} : { batch_max: deps.batch_max }),
    onPosted: () => {
      for (const listener of listeners) listener();
    },
  });

  async function postOther(transfer: Transfer, detailsJson: string | null): Promise<Outcome> {
    const prepared = await prepare(targets, transfer, detailsJson, []);
    const outcome = await queue.add(prepared);
    remember(targets, prepared, outcome);
    return outcome;
  }

  return {
    queue,
    post(transfer) {
      const detailsJson = detailsOf(transfer);
      const code = inputError(transfer, detailsJson);
      if (code !== null) return Promise.resolve(invalid(code));
      if (transfer.type !== "transfer") return postOther(transfer, detailsJson);
      // By far the most frequent, and nothing needs to be looked up for it: no step is taken in between.
      return queue.add({ transfer, accounts: ownAccounts(transfer), detailsJson, leader: null });
    },
    async postLinked(transfers) {
      const wrong = groupError(transfers);
      if (wrong !== null) return transfers.map(() => invalid(wrong));
      const details = transfers.map(detailsOf);
      const codes = transfers.map((transfer, index) => inputError(transfer, details[index] ?? null));
      if (codes.some((code) => code !== null)) return invalidGroup(codes);
      const group = await Promise.all(
        transfers.map((transfer, index) => prepare(targets, transfer, details[index] ?? null, transfers)),
      );
      const outcomes = await queue.addGroup(group);
      for (const [index, item] of group.entries()) remember(targets, item, outcomes[index]);
      return outcomes;
    },
    onPosted(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
