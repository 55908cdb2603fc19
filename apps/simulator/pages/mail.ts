import type { MailMessage } from "../mailbox.ts";
import { html } from "./html.ts";
import { page, timeOf } from "./layout.ts";

/** The list of messages, newest first. */
export function mailPage(messages: readonly MailMessage[]): string {
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
  const content =
    rows.length === 0
      ? html`<p class="card soft">Nothing has come yet. Open an account, and a welcome arrives.</p>`
      : html`<section class="card">
          <ul class="rows">
            ${rows}
          </ul>
        </section>`;
  return page({ path: "/mail", title: "Mail", content });
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
