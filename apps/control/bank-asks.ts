import type { StaffRole } from "@mainstay/wire";

/** What staff may ask of the bank through control. */
export type BankAsk = {
  readonly method: "GET" | "POST";
  readonly path: RegExp;
  readonly roles: readonly StaffRole[];
  /** What it is called in control's audit, where that keeps it; the bank has an audit of its own. */
  readonly action: string | null;
  /** What of the request control's audit keeps: nothing that is the customers' own. */
  readonly keeps: readonly string[];
};

const support: readonly StaffRole[] = ["support"];
const payments: readonly StaffRole[] = ["payments"];
const thread = "thr_[0-9A-Za-z]{22}";

function reading(path: RegExp, roles: readonly StaffRole[]): BankAsk {
  return { method: "GET", path, roles, action: null, keeps: [] };
}

/**
 * Every question that is passed on, and with which roles; the bank checks them again. The first row that fits
 * counts; what is in brackets is the subject in control's audit.
 */
export const bank_asks: readonly BankAsk[] = [
  reading(/^referrals$/, ["onboarding"]),
  {
    method: "POST",
    path: /^referrals\/(reg_[0-9A-Za-z]{22})\/decision$/,
    roles: ["onboarding"],
    action: "bank.referral-decided",
    keeps: ["decision", "reason"],
  },
  reading(/^customers$/, support),
  {
    method: "POST",
    path: /^customers\/names$/,
    roles: ["support", "release-manager"],
    action: "bank.customer-names-seen",
    keeps: ["refs"],
  },
  reading(/^customers\/[0-9A-Za-z_-]{1,60}$/, support),
  reading(/^customers\/[0-9A-Za-z_-]{1,60}\/transactions$/, support),
  reading(/^threads(\/waiting)?$/, support),
  reading(new RegExp(`^threads/${thread}$`), support),
  {
    method: "POST",
    path: new RegExp(`^threads/(${thread})/entries$`),
    roles: support,
    action: "bank.thread-answered",
    keeps: ["id"],
  },
  {
    method: "POST",
    path: new RegExp(`^threads/(${thread})/done$`),
    roles: support,
    action: "bank.thread-done",
    keeps: [],
  },
  reading(/^payments$/, payments),
  reading(/^payments\/reconciliation$/, payments),
  reading(/^payments\/[0-9A-Za-z_-]{1,40}$/, ["payments", "support"]),
  reading(/^ledger(\/entries)?$/, ["payments", "auditor"]),
  {
    method: "POST",
    path: /^(ledger)\/check$/,
    roles: payments,
    action: "bank.ledger-check-asked",
    keeps: [],
  },
];
