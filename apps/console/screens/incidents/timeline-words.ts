import {
  Activity,
  ArrowRight,
  CircleDot,
  FileCheck2,
  Gauge,
  Hand,
  HeartPulse,
  Landmark,
  Megaphone,
  Merge,
  MessageSquare,
  Package,
  PencilLine,
  PhoneCall,
  RadioTower,
  Scale,
  SearchCheck,
  Send,
  ShieldCheck,
  Siren,
  Smartphone,
  Stamp,
  Undo2,
  UserCheck,
  X,
  type LucideIcon,
} from "lucide-react";

/** How a line of a timeline looks: red is only what failed or took something back. */
export type EntryLook = {
  readonly icon: LucideIcon;
  readonly tone: "plain" | "danger" | "info" | "lamp" | "good";
};

const looks: Readonly<Record<string, EntryLook>> = {
  published: { icon: Package, tone: "plain" },
  stage: { icon: ArrowRight, tone: "plain" },
  "first-failure": { icon: X, tone: "danger" },
  alarm: { icon: Activity, tone: "danger" },
  "rolled-back": { icon: Undo2, tone: "danger" },
  "last-switched": { icon: Smartphone, tone: "plain" },
  opened: { icon: Siren, tone: "danger" },
  held: { icon: Hand, tone: "lamp" },
  called: { icon: PhoneCall, tone: "lamp" },
  "ledger-wrong": { icon: Scale, tone: "danger" },
  "ledger-right": { icon: Scale, tone: "good" },
  state: { icon: CircleDot, tone: "plain" },
  commander: { icon: UserCheck, tone: "plain" },
  severity: { icon: Gauge, tone: "plain" },
  note: { icon: MessageSquare, tone: "lamp" },
  "probe-failed": { icon: HeartPulse, tone: "danger" },
  "probe-passed": { icon: HeartPulse, tone: "good" },
  status: { icon: RadioTower, tone: "plain" },
  cause: { icon: SearchCheck, tone: "info" },
  merged: { icon: Merge, tone: "plain" },
  "message-drafted": { icon: PencilLine, tone: "plain" },
  "message-signed": { icon: Stamp, tone: "plain" },
  "message-approved": { icon: Stamp, tone: "plain" },
  "message-sent": { icon: Send, tone: "good" },
  "last-back": { icon: UserCheck, tone: "good" },
  classified: { icon: Landmark, tone: "plain" },
  "report-sent": { icon: Landmark, tone: "plain" },
  "check-demanded": { icon: ShieldCheck, tone: "plain" },
  "review-closed": { icon: FileCheck2, tone: "good" },
};

/** How a line looks by its kind; a kind that this page doesn't know is told all the same. */
export function entryLook(kind: string): EntryLook {
  return looks[kind] ?? (kind.startsWith("message") ? { icon: Megaphone, tone: "plain" } : fallback);
}

const fallback: EntryLook = { icon: CircleDot, tone: "plain" };
