import type { FaultSettings } from "../faults.ts";
import { fault_switches } from "../faults.ts";
import { identity_rules } from "../identity-check.ts";
import { mail_rules } from "../mail/mailbox.ts";
import { html, type Html } from "./html.ts";
import { page } from "./layout.ts";

/** The first page: what stands here for the world, and what it does. */
export function overviewPage(state: {
  readonly settings: FaultSettings;
  readonly messageCount: number;
  readonly pushCount: number;
  readonly transferCount: number;
  readonly mailPort: number;
}): string {
  const { settings, messageCount, pushCount, transferCount, mailPort } = state;
  const rules = identity_rules.map(
    (rule) =>
      html`<li class="row"><strong>${rule.lastName}</strong><span class="soft">${rule.outcome}</span></li>`,
  );
  const addresses = mail_rules.map(
    ({ begins, outcome }) =>
      html`<li class="row"><strong>${begins}…</strong><span class="soft">${outcome}</span></li>`,
  );
  const content = html` <p class="soft">
      Everything that Mainstay meets outside itself, made up for a machine of your own. No money here is real.
    </p>
    ${faultNotice(settings)}
    <div class="pair">
      <section class="card">
        <h2>Another bank</h2>
        <p>
          Its people pay into accounts at Mainstay over the domestic scheme, with real ISO 20022 messages.
        </p>
        <p><a href="/pay-in">Pay in</a> <small>${transferCount} so far</small></p>
      </section>
      <section class="card">
        <h2>Mail</h2>
        <p>What the bank writes to its customers ends here, on port ${mailPort}, and goes no further.</p>
        <p><a href="/mail">Read the mail</a> <small>${messageCount} so far</small></p>
      </section>
      <section class="card">
        <h2>Push service</h2>
        <p>What the bank pushes to browsers ends here as well, encrypted as it came and as they read it.</p>
        <p><a href="/push">Read the pushes</a> <small>${pushCount} so far</small></p>
      </section>
      <section class="card">
        <h2>Mail that goes wrong</h2>
        <p>By what the address begins with, whatever the faults:</p>
        <ul class="rows">
          ${addresses}
        </ul>
      </section>
    </div>
    <section class="card">
      <h2>Identity check</h2>
      <p>Who opens an account is checked by last name:</p>
      <ul class="rows">
        ${rules}
      </ul>
    </section>`;
  return page({ path: "/", title: "Overview", content });
}

function faultNotice(settings: FaultSettings): Html {
  const on = Object.entries(fault_switches).filter(([name, entry]) => {
    const usual = Object.keys(entry.settings)[0];
    return settings[name as keyof FaultSettings] !== usual;
  });
  if (on.length === 0) return html``;
  const names = on.map(([, entry]) => entry.title).join(", ");
  return html`<p class="card">
    <span class="badge warn">A fault is on</span> ${names}. <a href="/faults">Change it</a>
  </p>`;
}
