import { sleep } from "@mainstay/platform";
import { OperatorError } from "@mainstay/platform/embedded-postgres";
import type { Message, Messages } from "@mainstay/wire";
import type { Replay } from "../scene.ts";

/** How long everybody's e-mail may take, in milliseconds. */
const delivered_ms_max = 60_000;
const look_ms = 250;

type Mail = { readonly to: readonly string[]; readonly subject: string };

/** Drafts a message to those affected, has two people sign it, and waits until everybody's e-mail is sent. */
export async function messageAffected({ staff, tell }: Replay, incident: string): Promise<Message> {
  const [first, second] = staff;
  const drafted = await first.ask<Message>("POST", `/api/incidents/${incident}/messages`, {
    commandId: first.commandId(),
  });
  await first.signMessage(drafted.id);
  await second.signMessage(drafted.id);
  tell(`“${drafted.subject}” is signed by ${first.name} and ${second.name}`);
  const deadline = performance.now() + delivered_ms_max;
  for (;;) {
    const { messages } = await first.ask<Messages>("GET", `/api/incidents/${incident}/messages`);
    const message = messages.find(({ id }) => id === drafted.id);
    if (message === undefined) throw new OperatorError("The message is gone.");
    const sent = message.deliveries
      .filter(({ channel, state }) => channel === "email" && (state === "sent" || state === "read"))
      .reduce((sum, { count }) => sum + count, 0);
    if (sent >= message.recipients.now || performance.now() > deadline) return message;
    await sleep(look_ms);
  }
}

/** What a subject with placeholders, such as `{date}`, reads like once they are filled in. */
function patternOf(subject: string): RegExp {
  const parts = subject.split(/\{[a-z_]+\}/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".+")}$`);
}

/** Whom the mail server was given an e-mail of this subject for: each address as often as it came. */
export async function recipientsOf(simulatorPort: number, subject: string): Promise<string[]> {
  const answer = await fetch(`http://127.0.0.1:${simulatorPort}/api/mail`);
  const { messages } = (await answer.json()) as { readonly messages: readonly Mail[] };
  const wanted = patternOf(subject);
  return messages.filter((mail) => wanted.test(mail.subject)).flatMap(({ to }) => to);
}
