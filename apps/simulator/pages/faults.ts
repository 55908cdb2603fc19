import { fault_switches, type FaultName, type FaultSettings } from "../faults.ts";
import { html } from "./html.ts";
import { page } from "./layout.ts";

/** The switches, each with what its settings do. */
export function faultsPage(settings: FaultSettings, isSaved: boolean): string {
  const switches = Object.entries(fault_switches).map(([name, entry]) => {
    const choices = Object.entries(entry.settings).map(
      ([setting, meaning]) =>
        html`<label class="choice">
          <input
            type="radio"
            name="${name}"
            value="${setting}"
            ${settings[name as FaultName] === setting ? html`checked` : ""}
          />
          <span>${meaning}</span>
        </label>`,
    );
    return html`<fieldset class="card">
      <legend>${entry.title}</legend>
      ${choices}
    </fieldset>`;
  });
  const saved = html`<p class="card"><span class="badge good">Saved</span> It holds from now on.</p>`;
  const content = html` <p class="soft">
      How the world misbehaves, until it is switched back or this process ends.
    </p>
    ${isSaved ? saved : html``}
    <form method="post" action="/faults">
      ${switches}
      <div><button type="submit">Save</button></div>
    </form>`;
  return page({ path: "/faults", title: "Faults", content });
}
