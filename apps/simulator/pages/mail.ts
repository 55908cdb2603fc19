import type { MailMessage } from "../mail/mailbox.ts";
import { html, type Html } from "./html.ts";
import { page, timeOf } from "./layout.ts";

/** A page of messages, newest first; `skip` of `total` come before it. */
export function mailPage(shown: {
  readonly messages: readonly MailMessage[];
  readonly total: number;
  readonly to: string;
  readonly skip: number;
}): string {
  const { messages, total, to, skip } = shown;
  const rows = messages.map(
    (message) =>
      html`<li>
        <div class="row">
          <a href="/mail/${message.id}"><strong>${message.subject}</strong></a>
          <small>${timeOf(message.receivedAt)}</small>
        </div>
        <small>to ${message.to.join(", ")}</small>
      </li>`,
  );
  const content = html`<form class="card" method="get" action="/mail">
      <label>Sent to<input name="to" value="${to}" placeholder="ada@example.com" /></label>
      <div><button type="submit">Search</button></div>
    </form>
    ${
      rows.length === 0
        ? nothingHere(to)
        : html`<section class="card">
            <ul class="rows">
              ${rows}
            </ul>
          </section>`
    }
    ${turning({ from: skip, count: messages.length, total, to })}`;
  return page({ path: "/mail", title: "Mail", content });
}

function nothingHere(to: string): Html {
  return to === ""
    ? html`<p class="card soft">Nothing has come yet. Open an account, and a welcome arrives.</p>`
    : html`<p class="card soft">No mail to an address with “${to}” in it.</p>`;
}

/** Where the page stands, and the ways to the newer and the older ones. */
function turning(at: {
  readonly from: number;
  readonly count: number;
  readonly total: number;
  readonly to: string;
}): Html {
  const { from, count, total, to } = at;
  if (total === 0) return html``;
  const link = (skip: number, label: string) =>
    html` <a href="/mail?to=${encodeURIComponent(to)}&skip=${skip}">${label}</a>`;
  const newer = from > 0 ? link(Math.max(0, from - 100), "Newer") : html``;
  const older = from + count < total ? link(from + count, "Older") : html``;
  return html`<p class="soft">${from + 1} to ${from + count} of ${total}${newer}${older}</p>`;
}

/** One message: its text as it is; its HTML only as source, because it comes from elsewhere. */
export function messagePage(message: MailMessage): string {
  const content = html` <section class="card">
      <dl>
        <dt>From</dt>
        <dd>${message.from}</dd>
        <dt>To</dt>
        <dd>${message.to.join(", ")}</dd>
        <dt>When</dt>
        <dd>${timeOf(message.receivedAt)}</dd>
      </dl>
      <pre>${message.text}</pre>
      <details>
        <summary>HTML source</summary>
        <pre>${message.html}</pre>
      </details>
    </section>
    <p><a href="/mail">All mail</a></p>`;
  return page({ path: "/mail", title: message.subject, content });
}
