import { useQuery } from "@tanstack/react-query";
import { Link, Navigate } from "@tanstack/react-router";
import type { IncidentSummary, Message } from "@mainstay/wire";
import { useState } from "react";
import { threadsWaitingQuery } from "../../api/bank.ts";
import { incidentsQuery } from "../../api/incidents.ts";
import { messagesQuery } from "../../api/messages.ts";
import { sessionQuery } from "../../api/queries.ts";
import { sentenceOf } from "../../api/request.ts";
import { useChanges } from "../../api/stream.ts";
import { Badge } from "../../parts/badge.tsx";
import { Card } from "../../parts/card.tsx";
import { countText, none_sign } from "../../parts/numbers.ts";
import { Cell, Row, Table } from "../../parts/table.tsx";
import { Tab, Tabs } from "../../parts/tabs.tsx";
import { Time } from "../../parts/time.tsx";
import { usePageFacts } from "../../shell/page-facts.ts";
import { useLivePageKeys } from "../../shell/page-keys.ts";
import { watchers } from "../../shell/rooms.ts";
import { Conversations } from "../conversations/conversations.tsx";
import { Nothing, PageHead, RowsToCome } from "../page.tsx";
import { State } from "../releases/state.tsx";
import { MessageDetail } from "./message-detail.tsx";
import { MessageDialog } from "./message-dialog.tsx";
import type { ComposerAction } from "./composer.tsx";
import { MessageText } from "./message-text.tsx";
import { all_channels, channel_looks, channelProgress, isSent, messageBadge } from "./message-words.ts";

/** One channel of a message in a cell: how many have it, and in red where it came back. */
function Channel({
  message,
  channel,
}: {
  readonly message: Message;
  readonly channel: (typeof all_channels)[number];
}) {
  const progress = channelProgress(message).find((row) => row.channel === channel);
  if (progress === undefined || !isSent(message)) return <span className="text-ink-soft">{none_sign}</span>;
  return (
    <>
      {countText(progress.reached)}
      {progress.wrong > 0 && <span className="text-danger"> −{countText(progress.wrong)}</span>}
      <span className="text-ink-soft"> / {countText(progress.total)}</span>
    </>
  );
}

function List({ messages, incidents, chosen, onChoose }: ListProps) {
  return (
    <Table
      label="Messages, newest first"
      columns={[
        "Message",
        "State",
        { name: "People", isNumeric: true },
        ...all_channels.map((channel) => ({ name: channel_looks[channel].name, isNumeric: true })),
        "Drafted",
      ]}
    >
      {messages.map((message) => (
        <Row key={message.id} isChosen={message.id === chosen?.id} onChoose={() => onChoose(message.id)}>
          <Cell
            isWide
            below={incidents.find(({ id }) => id === message.incident)?.number ?? "to nobody’s incident"}
          >
            <span className="line-clamp-1 font-semibold break-words">
              <MessageText text={message.subject} />
            </span>
          </Cell>
          <Cell isTight>
            <State of={messageBadge(message.state)} />
          </Cell>
          <Cell isRight>{countText(message.recipients.now + message.recipients.later)}</Cell>
          {all_channels.map((channel) => (
            <Cell key={channel} isRight>
              <Channel message={message} channel={channel} />
            </Cell>
          ))}
          <Cell isSoft isNumeric>
            <Time at={message.createdAt} form="weekday" />
          </Cell>
        </Row>
      ))}
    </Table>
  );
}

type ListProps = {
  readonly messages: readonly Message[];
  readonly incidents: readonly IncidentSummary[];
  readonly chosen: Message | undefined;
  readonly onChoose: (id: string) => void;
};

/** Every message to those affected by an incident, how it stands, and how far it is on each of its ways. */
function SentMessages() {
  const query = useQuery(messagesQuery);
  const { data: known } = useQuery(incidentsQuery);
  const { data: session } = useQuery(sessionQuery);
  const mayChange = session?.staff.roles.includes("release-manager") === true;
  const messages = query.data?.messages ?? [];
  const [chosenId, setChosen] = useState<string | null>(null);
  const [opened, setOpened] = useState<ComposerAction | null>(null);
  const chosen = messages.find(({ id }) => id === chosenId) ?? messages[0];
  const step = (by: number) => () => {
    const at = messages.findIndex(({ id }) => id === chosen?.id);
    const next = messages[Math.min(Math.max(at + by, 0), messages.length - 1)];
    if (next) setChosen(next.id);
  };
  useLivePageKeys([
    { name: "move", keys: { j: step(1), k: step(-1) } },
    ...(chosen === undefined ? [] : [{ name: "deliveries", keys: { d: () => setOpened("deliveries") } }]),
  ]);
  useChanges("/api/incidents/stream", [["messages"], ["incidents"]]);
  return (
    <div className="flex min-h-0 flex-1 gap-3">
      <Card className="min-w-0 flex-1" foot={<span>{countText(messages.length)} shown, newest first</span>}>
        {query.isPending && <RowsToCome rows={5} />}
        {query.isError && <Nothing title="Messages can’t be shown">{sentenceOf(query.error)}</Nothing>}
        {query.isSuccess && messages.length === 0 && (
          <Nothing title="Nobody has been written to">
            A message is drafted on an{" "}
            <Link to="/incidents" className="font-semibold text-harbour hover:underline">
              incident’s page
            </Link>
            , from its record; those affected get it, and nobody else.
          </Nothing>
        )}
        {messages.length > 0 && (
          <List {...{ messages, chosen }} incidents={known?.incidents ?? []} onChoose={setChosen} />
        )}
      </Card>
      {chosen && (
        <div className="flex min-h-0 w-[360px] shrink-0 flex-col gap-3 overflow-y-auto">
          <MessageDetail message={chosen} mayChange={mayChange} onAction={setOpened} />
        </div>
      )}
      {opened !== null && chosen !== undefined && (
        <MessageDialog message={chosen} opened={opened} onClose={() => setOpened(null)} />
      )}
    </div>
  );
}

/** The head and tabs of the messages' pages: each has those that their roles open. */
function MessagesHead() {
  const { data: session } = useQuery(sessionQuery);
  const roles = session?.staff.roles ?? [];
  const isWatcher = watchers.some((role) => roles.includes(role));
  const isSupport = roles.includes("support");
  const { data } = useQuery({ ...messagesQuery, enabled: isWatcher });
  const { data: threads } = useQuery({ ...threadsWaitingQuery, enabled: isSupport });
  const waiting = data?.waiting ?? 0;
  return (
    <>
      <PageHead title="Messages">
        {waiting > 0 && <Badge tone="lamp">{waiting} for a second person</Badge>}
      </PageHead>
      {isSupport && (
        <Tabs label="Pages of messages">
          {isWatcher && <Tab to="/messages">To those affected</Tab>}
          <Tab to="/messages/conversations" count={threads ?? 0}>
            Conversations
          </Tab>
        </Tabs>
      )}
    </>
  );
}

/** Messages to those affected by an incident; who may not see them has the conversations alone. */
export function MessagesPage() {
  const { data: session } = useQuery(sessionQuery);
  const roles = session?.staff.roles ?? [];
  if (!watchers.some((role) => roles.includes(role))) {
    return <Navigate to="/messages/conversations" search={{}} replace />;
  }
  return (
    <>
      <MessagesHead />
      <SentMessages />
    </>
  );
}

/** What customers write, and what they are answered. */
export function ConversationsPage() {
  usePageFacts([
    { name: "Messages", to: "/messages" },
    { name: "Conversations", to: null },
  ]);
  return (
    <>
      <MessagesHead />
      <Conversations />
    </>
  );
}
