import type { PayInOutcome } from "../scheme/scheme.ts";
import { html, type Html } from "./html.ts";
import { page, timeOf } from "./layout.ts";

/** The form, what came of the last order, and what was sent before. */
export function payInPage(state: {
  readonly transfers: readonly PayInOutcome[];
  readonly account: string;
  readonly problem: string | null;
}): string {
  const { transfers, account, problem } = state;
  const [last] = transfers;
  const notice =
    problem !== null
      ? html`<p class="card"><span class="badge bad">Not sent</span> ${problem}</p>`
      : last === undefined
        ? html``
        : html`<p class="card">${badge(last)} ${last.sentence}</p>`;
  const content = html` ${notice}
    <section class="card">
      <form method="post" action="/pay-in">
        <label
          >Account (IBAN)<input name="account" required maxlength="42" autocomplete="off" value="${account}"
        /></label>
        <div class="pair">
          <label
            >Amount in pounds<input name="amount" required maxlength="15" inputmode="decimal" value="250.00"
          /></label>
          <label>From<input name="from" maxlength="70" value="Harbour Lights Ltd" /></label>
        </div>
        <label>Reference<input name="reference" maxlength="35" value="Salary" /></label>
        <button type="submit">Pay in</button>
      </form>
    </section>
    ${
      transfers.length === 0
        ? html``
        : html`<section class="card">
            <h2>Sent before</h2>
            <ul class="rows">
              ${transfers.map(row)}
            </ul>
          </section>`
    }`;
  return page({ path: "/pay-in", title: "Pay in", content });
}

function row(transfer: PayInOutcome): Html {
  return html`<li>
    <div class="row">
      <span>${badge(transfer)} ${transfer.sentence}</span><small>${timeOf(transfer.at)}</small>
    </div>
    <details>
      <summary>Messages</summary>
      <pre>${transfer.sent}</pre>
      <pre>${transfer.answered}</pre>
    </details>
  </li>`;
}

function badge(transfer: PayInOutcome): Html {
  const kind = transfer.outcome === "accepted" ? "good" : "bad";
  const word = {
    accepted: "Accepted",
    rejected: "Refused",
    unreadable: "Unreadable",
    "no-answer": "No answer",
  };
  return html`<span class="badge ${kind}">${word[transfer.outcome]}</span>`;
}
