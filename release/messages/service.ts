import type { Message, MessageDeliveries, Messages } from "@mainstay/wire";
import { readDeliveries, readMessage, readMessages, type Viewer } from "./reads.ts";
import { sign, signOptions } from "./signing.ts";
import type { MessageTables } from "./tables.ts";
import type { Answer, Context, MessagesDeps, Words } from "./types.ts";
import { createWorker } from "./worker.ts";
import { decline, draft, edit, preview } from "./writing.ts";

type Rest<Given> = Given extends (context: Context, ...rest: infer Args) => infer Result
  ? (...rest: Args) => Result
  : never;

/** Messages to those affected, as control runs them. Commands answer the id of the message they were of. */
export type MessagesService = {
  readonly draft: Rest<typeof draft>;
  readonly edit: Rest<typeof edit>;
  readonly decline: Rest<typeof decline>;
  readonly preview: (given: Parameters<typeof preview>[1]) => Answer<Words>;
  readonly signOptions: Rest<typeof signOptions>;
  readonly sign: Rest<typeof sign>;
  readonly read: (id: string, viewer: Viewer) => Answer<Message>;
  /** Of one incident, or with null of all. */
  readonly list: (incidentId: string | null, viewer: Viewer) => Promise<Messages>;
  readonly deliveries: (asked: Parameters<typeof readDeliveries>[1]) => Answer<MessageDeliveries>;
  /** One turn of sending; true when there is more to do. `start` does it by itself. */
  readonly work: () => Promise<boolean>;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
};

/** Makes messages over control's database. */
export function createMessages(deps: MessagesDeps): MessagesService {
  const context: Context = { ...deps, db: deps.database.sql.withTables<MessageTables>() };
  const worker = createWorker(context);
  return {
    draft: (by, given) => draft(context, by, given),
    edit: (by, given) => edit(context, by, given),
    decline: (by, given) => decline(context, by, given),
    preview: (given) => preview(context, given),
    signOptions: (staff, messageId) => signOptions(context, staff, messageId),
    sign: async (staff, given) => {
      const signed = await sign(context, staff, given);
      if (signed.ok) worker.wake();
      return signed;
    },
    read: (id, viewer) => readMessage(context, id, viewer),
    list: (incidentId, viewer) => readMessages(context, incidentId, viewer),
    deliveries: (asked) => readDeliveries(context, asked),
    work: worker.turn,
    start: worker.start,
    stop: worker.stop,
  };
}
