import { useInfiniteQuery } from "@tanstack/react-query";
import type { Message, MessageChannel, MessageDeliveries } from "@mainstay/wire";
import { useCustomerNames } from "../../api/customer-names.ts";
import { deliveriesQuery } from "../../api/messages.ts";
import { sentenceOf } from "../../api/request.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { CustomerLink } from "../../parts/customer-link.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { countText, none_sign } from "../../parts/numbers.ts";
import { Cell, Row, Table } from "../../parts/table.tsx";
import { Time, timeText } from "../../parts/time.tsx";
import { shortReference } from "../incidents/words.ts";
import { Nothing, RowsToCome } from "../page.tsx";
import { channel_looks, channelState } from "./message-words.ts";

type Delivery = MessageDeliveries["deliveries"][number];

function Channel({ delivery, channel }: { readonly delivery: Delivery; readonly channel: MessageChannel }) {
  const found = delivery.channels.find((row) => row.channel === channel);
  if (found === undefined) return <span className="text-ink-soft">{none_sign}</span>;
  const { text, tone } = channelState(found.state);
  const at = found.at === null ? "" : timeText(found.at, "second");
  return (
    <span title={[at, found.problem].filter(Boolean).join(" ")}>
      <Badge tone={tone}>{text}</Badge>
      {found.problem !== null && (
        <span className="block max-w-[200px] truncate text-small text-danger">{found.problem}</span>
      )}
    </span>
  );
}

/** Whom a message reached, one by one; what came back says why. */
export function Deliveries({
  message,
  onClose,
}: {
  readonly message: Message;
  readonly onClose: () => void;
}) {
  const query = useInfiniteQuery(deliveriesQuery(message.id));
  const deliveries = (query.data?.pages ?? []).flatMap((page) => page.deliveries);
  const names = useCustomerNames(deliveries.map(({ customer }) => customer));
  return (
    <Dialog
      title="Deliveries"
      note={message.subject}
      width={760}
      onClose={onClose}
      foot={
        <>
          <span className="mr-auto self-center text-small text-ink-soft">
            {countText(deliveries.length)} shown
          </span>
          {query.hasNextPage && <Button onClick={() => void query.fetchNextPage()}>More</Button>}
          <Button onClick={onClose}>Close</Button>
        </>
      }
    >
      {query.isPending && <RowsToCome rows={4} />}
      {query.isError && <Nothing title="They can’t be shown">{sentenceOf(query.error)}</Nothing>}
      {query.isSuccess && deliveries.length === 0 && (
        <Nothing title="Nobody yet">
          Once two have signed, each customer appears here as their turn comes.
        </Nothing>
      )}
      {deliveries.length > 0 && (
        <Table
          label="Deliveries"
          columns={["Customer", "Queued", ...message.channels.map((channel) => channel_looks[channel].name)]}
        >
          {deliveries.map((delivery) => (
            <Row key={delivery.id} density="dense">
              <Cell isTight>
                <CustomerLink reference={delivery.customer}>
                  {names.get(delivery.customer) ?? shortReference(delivery.customer)}
                </CustomerLink>
              </Cell>
              <Cell isSoft isNumeric>
                <Time at={delivery.queuedAt} form="second" />
              </Cell>
              {message.channels.map((channel) => (
                <Cell key={channel}>
                  <Channel delivery={delivery} channel={channel} />
                </Cell>
              ))}
            </Row>
          ))}
        </Table>
      )}
    </Dialog>
  );
}
