import type { Account, Transaction, Transactions } from "@mainstay/wire";
import type { InfiniteData } from "@tanstack/react-query";
import { useEffect } from "react";
import { listen, type Heard } from "../api/events.ts";
import { accountsQuery, sessionQuery, transactionQuery } from "../api/queries.ts";
import { endSession, queryClient } from "./session.ts";

type Feed = InfiniteData<Transactions, string | null>;

/**
 * Puts a line into the loaded pages: in the place of what it was, or on top. Untouched pages stay the same
 * objects.
 */
export function withTransaction(feed: Feed, line: Transaction): Feed {
  let isKnown = false;
  const pages = feed.pages.map((page) => {
    if (!page.transactions.some(({ id }) => id === line.id)) return page;
    isKnown = true;
    return { ...page, transactions: page.transactions.map((known) => (known.id === line.id ? line : known)) };
  });
  const [first, ...others] = pages;
  if (isKnown || first === undefined) return { ...feed, pages };
  return { ...feed, pages: [{ ...first, transactions: [line, ...first.transactions] }, ...others] };
}

function takeTransaction(line: Transaction): void {
  queryClient.setQueryData<Feed>(["feed", line.accountId, ""], (feed) => feed && withTransaction(feed, line));
  queryClient.setQueryData(transactionQuery(line.id).queryKey, line);
  if (line.paymentId !== null) void queryClient.invalidateQueries({ queryKey: ["payment", line.paymentId] });
}

function takeAccount(account: Account): void {
  queryClient.setQueryData(accountsQuery.queryKey, (known) =>
    known?.map((other) => (other.id === account.id ? account : other)),
  );
}

let wasConnected = false;

function take(heard: Heard): void {
  switch (heard.type) {
    case "transaction":
      return takeTransaction(heard.transaction);
    case "account":
      return takeAccount(heard.account);
    case "inbox":
      void queryClient.invalidateQueries({ queryKey: ["inbox"] });
      return void queryClient.invalidateQueries({ queryKey: ["thread"] });
    case "session-ended":
      return endSession();
    case "connected":
      // The first connection follows the first reads; a later one follows a gap.
      if (wasConnected)
        void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" });
      wasConnected = true;
      return;
    case "refused":
      return void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
    case "disconnected":
    case "ping":
      return;
    default:
      // A newer bank may say more than this version knows; it isn't for us.
      heard satisfies never;
  }
}

/** Keeps what is shown in step with the bank, while a session that sees everything is there. */
export function useLiveEvents(mayListen: boolean): void {
  useEffect(() => {
    if (!mayListen) return;
    const stop = new AbortController();
    wasConnected = false;
    listen(take, stop.signal);
    return () => stop.abort();
  }, [mayListen]);
}
