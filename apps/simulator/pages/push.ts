import type { Push } from "../push/push-service.ts";
import { html } from "./html.ts";
import { page, timeOf } from "./layout.ts";

/** How many pushes the page shows. */
const shown_max = 100;

/** What browsers were pushed, newest first: as it came, and as the browser reads it. */
export function pushPage(pushes: readonly Push[]): string {
  const rows = pushes.slice(0, shown_max).map(
    (push) =>
      html`<li>
        <div class="row">
          <strong>${push.text ?? "Encrypted for somebody else"}</strong>
          <small>${timeOf(push.receivedAt)}</small>
        </div>
        <small
          >to ${push.endpoint}, urgency ${push.headers["urgency"] ?? "normal"}, keeps
          ${push.headers["ttl"] ?? ""} s</small
        >
        <details>
          <summary>As it came</summary>
          <pre>${push.ciphertext}</pre>
          <pre>${push.headers["authorization"] ?? ""}</pre>
        </details>
      </li>`,
  );
  const content =
    rows.length === 0
      ? html`<p class="card soft">
          Nothing was pushed yet. Browsers subscribe here by POST /api/push/subscriptions.
        </p>`
      : html`<section class="card">
            <ul class="rows">
              ${rows}
            </ul>
          </section>
          <p class="soft">${rows.length} of ${pushes.length}</p>`;
  return page({ path: "/push", title: "Push", content });
}
