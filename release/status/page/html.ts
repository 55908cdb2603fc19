import { escapeHtml } from "@mainstay/kernel";
import { addMs } from "@mainstay/kernel";
import type { ComponentState, PublicIncident, Status } from "@mainstay/wire";
import { icon, mark, type IconName } from "./icons.ts";
import { dateOf, momentOf, spanOf, timeOf, utcDayOf, zoneOf } from "./times.ts";
import { state_words, update_words } from "./words.ts";
import type { Sight } from "./worsen.ts";

/** How long an incident that is over stays on the page, in milliseconds; later it is under "earlier". */
export const recent_ms_max = 3 * 24 * 60 * 60_000;

type Component = Status["components"][number];
type Day = Component["days"][number];

const state_icons: Readonly<Record<ComponentState, IconName>> = {
  works: "circle-check",
  partly: "circle-alert",
  down: "circle-x",
  unknown: "circle-help",
  "not-offered": "circle-dashed",
};

/** What a page is drawn of. */
export type PageFacts = {
  /** As it may be shown: `worsened` has been asked. */
  readonly status: Status;
  readonly sight: Sight;
  readonly now: Date;
  /** Every incident instead of the latest. */
  readonly isHistory: boolean;
};

function documentOf(title: string, body: string): string {
  return `<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="/status/style.css">
<link rel="icon" href="/icons/icon.svg" type="image/svg+xml">
<link rel="alternate" type="application/atom+xml" href="/status.atom" title="Mainstay status">
</head>
<body>
<a class="skip" href="#main">To what works now</a>
<header>
<a class="brand" href="/status">${mark}<strong>Mainstay</strong> <span>status</span></a>
<nav aria-label="Other forms">
<a href="/status.atom">${icon("rss")}Atom</a>
<a href="/status.json">${icon("braces")}JSON</a>
<a class="button" href="/status#subscribe">${icon("mail")}Tell me of changes</a>
</nav>
</header>
${body}
</body>
</html>
`;
}

/** The page that everybody may read. */
export function pageOf(facts: PageFacts): string {
  const { status, now, isHistory } = facts;
  const since = addMs(now, -recent_ms_max);
  const recent = status.incidents.filter(
    ({ endedAt, state }) => state !== "works-again" || endedAt === null || new Date(endedAt) > since,
  );
  const shown = isHistory ? status.incidents : recent;
  const none = isHistory && shown.length === 0 ? '<p class="none">There hasn’t been any.</p>' : "";
  const main = isHistory
    ? `<h1 class="title">Earlier incidents</h1>${none}${shown.map((one) => incidentOf(one, now)).join("\n")}`
    : [headOf(facts), ...shown.map((one) => incidentOf(one, now)), servicesOf(status), subscribe].join("\n");
  const title = isHistory ? "Earlier incidents · Mainstay status" : `${status.sentence} · Mainstay status`;
  return documentOf(title, `<main id="main">\n${main}\n</main>\n${footer}`);
}

const footer = `<footer>
<p>Measured every 30 s by logging in for real, on each version that customers have. Days are those of UTC.</p>
<p class="links"><a href="/status/history">Earlier incidents</a> <a href="/">To the app</a></p>
</footer>`;

const subscribe = `<section class="card subscribe" id="subscribe" aria-labelledby="subscribe-title">
<h2 id="subscribe-title">Tell me of changes</h2>
<form method="post" action="/status/subscriptions">
<label for="email">E-mail address</label>
<input id="email" name="email" type="email" required maxlength="254" autocomplete="email">
<button>Write to me</button>
</form>
<p>We ask you once more by e-mail before we write of anything; each mail has a link that ends it.</p>
</section>`;

function headOf({ status, sight, now }: PageFacts): string {
  const state = status.overall;
  const name = state === "works" ? "check" : state_icons[state];
  return `<section class="head ${state}" aria-label="All together">
<span class="round">${icon(name)}</span>
<div><h1>${escapeHtml(status.sentence)}</h1>
<p>${escapeHtml(lineOf(status, sight, now))}</p></div>
<time datetime="${now.toISOString()}">${dateOf(now)} <br>${timeOf(now)} ${zoneOf(now)}</time>
</section>`;
}

/** The line under the sentence: what the edge itself sees, else what is newest of an incident. */
function lineOf(status: Status, sight: Sight, now: Date): string {
  const { unheardSince, isBankReady } = sight;
  if (unheardSince !== null) {
    const measured = `We haven’t been able to measure since ${momentOf(new Date(unheardSince), now)}.`;
    return isBankReady
      ? `${measured} What you see is what we knew then.`
      : `${measured} The bank doesn’t answer.`;
  }
  if (!isBankReady) return "The bank doesn’t answer. Your money is safe; we’re looking into it.";
  const open = status.incidents.find(({ state }) => state !== "works-again");
  const [update] = open?.updates ?? [];
  if (open && update) return update.text;
  const over = status.incidents.find(
    ({ endedAt }) => endedAt !== null && new Date(endedAt) > addMs(now, -86_400_000),
  );
  if (over?.endedAt && status.overall === "works") {
    return `${over.title}: works again since ${momentOf(new Date(over.endedAt), now)}.`;
  }
  return status.measuredAt === null
    ? "Nothing has been measured yet."
    : `Measured at ${momentOf(new Date(status.measuredAt), now)} by logging in, looking and paying.`;
}

function incidentOf(incident: PublicIncident, now: Date): string {
  const { number, title, state, startedAt, endedAt, updates } = incident;
  const id = `incident-${number}`;
  const from = momentOf(new Date(startedAt), now);
  const span = endedAt === null ? `since ${from}` : `${from} to ${momentOf(new Date(endedAt), now)}`;
  const badge = state === "works-again" ? icon("check") : "";
  return `<section class="card incident" aria-labelledby="${escapeHtml(id)}">
<div class="card-head"><h2 id="${escapeHtml(id)}">${escapeHtml(title)}</h2>
<span class="badge ${state}">${badge}${update_words[state]}</span>
<span class="aside">${escapeHtml(span)}</span></div>
<ol class="updates">
${updates.map((update) => updateOf(update, now)).join("\n")}
</ol>
</section>`;
}

function updateOf({ at, state, text }: PublicIncident["updates"][number], now: Date): string {
  const instant = new Date(at);
  return `<li class="${state}"><strong>${update_words[state]}</strong><p>${escapeHtml(text)}</p>
<time datetime="${escapeHtml(at)}">${momentOf(instant, now)}</time></li>`;
}

function servicesOf({ components }: Status): string {
  const [first] = components.find(({ days }) => days.length > 0)?.days ?? [];
  const from = first === undefined ? "" : utcDayOf(first.date).replace(/^\w+ /, "");
  return `<section class="card services" aria-labelledby="services-title">
<div class="card-head"><h2 id="services-title">Services</h2><span class="small">last 90 days</span>
<p class="legend" aria-hidden="true"><span class="works">worked</span>
<span class="partly">partly</span><span class="down">not</span></p></div>
<ul class="rows">
${components.map(rowOf).join("\n")}
</ul>
<p class="scale" aria-hidden="true"><span>${escapeHtml(from)}</span><span>today</span><span>90 days</span></p>
</section>`;
}

function rowOf(component: Component): string {
  const { name, state, days, uptime } = component;
  const word = `<span class="${state === "works" ? "quiet" : "word"}">${state_words[state]}</span>`;
  const label = `${icon(state_icons[state])}<span>${escapeHtml(name)}</span>`;
  const head = `<h3 class="${state}">${label} ${word}</h3>`;
  if (state === "not-offered") return `<li class="row none">${head}</li>`;
  const bars = days.map(barOf).join("");
  return `<li class="row">${head}<ol class="days" aria-label="${escapeHtml(name)}, day by day">${bars}</ol>
<span class="uptime">${uptimeOf(uptime)}</span></li>`;
}

/** Rounded down: 99.999 % isn't all of the time. */
function uptimeOf(uptime: number | null): string {
  return uptime === null ? "–" : `${(Math.floor(uptime * 10_000) / 100).toFixed(2)} %`;
}

function barOf(day: Day): string {
  const label = `<strong>${utcDayOf(day.date)}</strong> ${dayWords(day)}`;
  // Days on which nothing was wrong can be pointed at, and are passed over by keyboard and screen reader.
  return day.state === "partly" || day.state === "down"
    ? `<li class="${day.state}" tabindex="0"><span class="tip">${label}</span></li>`
    : `<li class="${day.state ?? "unmeasured"}" aria-hidden="true"><span class="tip">${label}</span></li>`;
}

function dayWords({ state, partly_s, down_s }: Day): string {
  const parts = [
    ...(down_s > 0 ? [`not for ${spanOf(down_s)}`] : []),
    ...(partly_s > 0 ? [`partly for ${spanOf(partly_s)}`] : []),
  ];
  return state === null ? "not measured" : parts.join(", ") || "worked";
}

/** What a small page of the subscription says. */
export type Message = {
  readonly title: string;
  readonly text: string;
  /** The one thing to do. */
  readonly button?: { readonly label: string; readonly action: string; readonly token: string };
};

/** A small page: an answer to a form or a link. */
export function messageOf({ title, text, button }: Message): string {
  const form =
    button === undefined
      ? ""
      : `<form method="post" action="${escapeHtml(button.action)}">
<input type="hidden" name="token" value="${escapeHtml(button.token)}">
<button>${escapeHtml(button.label)}</button>
</form>`;
  return documentOf(
    `${title} · Mainstay status`,
    `<main id="main"><section class="card message"><h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(text)}</p>${form}
<p><a href="/status">What works now</a></p></section></main>`,
  );
}
