import type { BootReports, boot_reports_max as ReportsMax } from "@mainstay/wire";
import { deviceNow } from "./browser.ts";
import { askEdge } from "./edge.ts";
import { readStored, writeStored } from "./memory.ts";

const key = "mainstay-boot-reports";
/** The most reports that are kept (the wire's limit). */
const reports_max: typeof ReportsMax = 20;
/** How long ago something may have happened to be worth reporting, in milliseconds (the wire's limit). */
const ago_ms_max = 7 * 86_400_000;
/** How long the edge may take, and how long to wait before it is tried again, in milliseconds. */
const answer_ms_max = 10_000;
const again_ms = 15_000;

type Report = BootReports["reports"][number];
/** A report with the device's own time of it. */
type Kept = Omit<Report, "agoMs"> & { readonly at: number };

let isSending = false;

function kept(): Kept[] {
  const stored = readStored(key);
  if (!Array.isArray(stored)) return [];
  const isReport = (value: unknown): value is Kept =>
    typeof value === "object" && value !== null && "kind" in value && "at" in value && "activation" in value;
  return stored.filter(isReport).slice(-reports_max);
}

/** A device's clock may have been set since: what seems to lie ahead happened just now. */
const ago = ({ at }: Kept) => Math.min(Math.max(Math.round(deviceNow() - at), 0), ago_ms_max);

async function send(): Promise<void> {
  const sent = kept();
  if (isSending || sent.length === 0) return;
  isSending = true;
  const reports = sent.map((report): Report => {
    const { kind, activation, reason } = report;
    return { kind, activation, reason, agoMs: ago(report) };
  });
  const answer = await askEdge("/boot/reports", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ reports } satisfies BootReports),
    // What is reported on the way out is sent all the same.
    keepalive: true,
    signal: AbortSignal.timeout(answer_ms_max),
  }).catch(() => null);
  isSending = false;
  // Only what control has for good is forgotten; meanwhile there may be more.
  if (answer?.status !== 204) return void setTimeout(sendReports, again_ms);
  const isSent = (report: Kept) =>
    sent.some((one) => one.kind === report.kind && one.activation === report.activation);
  writeStored(
    key,
    kept().filter((report) => !isSent(report)),
  );
  sendReports();
}

/** Sends what is kept; it is kept until it has arrived. */
export function sendReports(): void {
  void send();
}

/** Keeps a report, and sends it. */
export function addReport(report: Omit<Kept, "at">): void {
  writeStored(key, [...kept(), { ...report, at: deviceNow() }].slice(-reports_max));
  sendReports();
}
