import { Trans } from "@lingui/react/macro";
import {
  Amount,
  Avatar,
  classNames,
  Icon,
  initialsOf,
  RowContent,
  row_class,
  row_press_class,
  toneOf,
} from "@mainstay/ui";
import type { Transaction } from "@mainstay/wire";
import { Link } from "@tanstack/react-router";
import { flushSync } from "react-dom";
import { useState } from "react";
import { categories } from "../../text/categories.tsx";
import { timeText } from "../../text/dates.ts";
import { secondsUntil, useNow } from "../../text/use-now.ts";

let lastOpened: string | null = null;

/** The sign of who or what a line is about: initials, or the category's picture for what no name says. */
export function CounterpartyAvatar({
  line,
  size = 40,
}: {
  readonly line: Transaction;
  readonly size?: 40 | 72;
}) {
  const isPerson = line.kind === "payment_out" || line.kind === "payment_in";
  const look = categories[line.category];
  if (size === 72 && !isPerson) {
    return (
      <Avatar tone={look.tone} size={72}>
        <Icon of={look.icon} size={32} />
      </Avatar>
    );
  }
  const { name } = line.counterparty;
  return (
    <Avatar tone={toneOf(name)} size={size}>
      {initialsOf(name, isPerson ? "person" : "business")}
    </Avatar>
  );
}

function Leaving({ leavesAt }: { readonly leavesAt: string }) {
  const seconds = secondsUntil(leavesAt, useNow(true));
  if (seconds === 0) return <Trans>Leaving now</Trans>;
  return <Trans>Leaves in {seconds} s</Trans>;
}

/** A line's state in words, where it needs any, or its time and what it was for. */
export function LineStatus({ line }: { readonly line: Transaction }) {
  const time = timeText(line.createdAt);
  const words = line.note || line.reference;
  switch (line.state) {
    case "leaving":
      return (
        <span className="text-lamp-ink">
          {line.leavesAt === null ? <Trans>Leaving now</Trans> : <Leaving leavesAt={line.leavesAt} />}
        </span>
      );
    case "undone":
      return <Trans>{time} · Undone, it stayed here</Trans>;
    case "failed":
      return <Trans>{time} · Couldn’t be sent, it stayed here</Trans>;
    case "settled":
      return words === "" ? time : `${time} · ${words}`;
    default:
      return line.state satisfies never;
  }
}

/** One line of the feed: who, when or how it stands, and how much. It opens the line's own page. */
export function FeedRow({ line, isNew }: { readonly line: Transaction; readonly isNew: boolean }) {
  // The avatar travels between the row and its page; only one row at a time may carry the name of that
  // journey.
  const [isTravelling, setTravelling] = useState(lastOpened === line.id);
  const stayed = line.state === "undone" || line.state === "failed";
  return (
    <li className={isNew ? "animate-arrive" : undefined}>
      <Link
        to="/transactions/$transactionId"
        params={{ transactionId: line.id }}
        className={classNames(row_class, row_press_class)}
        onClick={() => {
          lastOpened = line.id;
          flushSync(() => setTravelling(true));
        }}
      >
        <RowContent
          leading={
            <span style={isTravelling ? { viewTransitionName: "counterparty" } : undefined}>
              <CounterpartyAvatar line={line} />
            </span>
          }
          title={line.counterparty.name}
          subtitle={<LineStatus line={line} />}
          trailing={
            <Amount
              value={line.amount}
              size="row"
              signed
              className={stayed ? "text-ink-soft! line-through" : undefined}
            />
          }
        />
      </Link>
    </li>
  );
}
