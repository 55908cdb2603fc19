import type {
  Customer,
  CustomerKind,
  CustomersFound,
  StaffThreads,
  StaffThreadWhole,
  Transaction,
} from "@mainstay/wire";
import { at } from "./moment.ts";

/*
 * Invented customers and conversations of the bank in tests/support/console/moment.ts: what the bank would
 * answer staff.
 */

export const gbp = (minor: number) => ({ minor, currency: "GBP" }) as const;
export const idOf = (prefix: string, number: number) => `${prefix}_${String(number).padStart(22, "0")}`;
export const refOf = (number: number) => `cus_${String(number).padStart(32, "0")}`;
const day = 24 * 60;

type Person = readonly [name: string, account: string, kind?: CustomerKind];
export const people: readonly Person[] = [
  ["Ruth Okonkwo", "31420076"],
  ["Ruth Okafor-Lindqvist", "31420084"],
  ["Ruth <b>Ó Ceallaigh</b>", "31420092"],
  ["Ruthven Demo", "31420106", "demo"],
  ["Ruth Probe", "31420114", "probe"],
];

/** What a search finds. */
export const found: CustomersFound = {
  customers: people.map(([name, accountNumber, kind = "customer"], index) => ({
    ref: refOf(index + 1),
    name,
    kind,
    email: `${name.toLowerCase().replaceAll(/[^a-z]+/g, ".")}@example.com`,
    customerSince: at((400 - index * 70) * day),
    accounts: [{ sortCode: "004217", accountNumber }],
  })),
  by: "name",
  found: people.length,
  next: null,
};

const movements: readonly (readonly [string, number, string, Transaction["state"]?])[] = [
  ["Tom Hartley", -6_450, "Cottage weekend", "leaving"],
  ["Harbour Lights Ltd", 241_500, "Salary September"],
  ["Cartmel Dairy", -1_280, "Weekly box"],
  ["Aisha Rahman", 2_000, "Cinema"],
  ["Tom Hartley", -12_000, "Rent share", "failed"],
  ["Northgate Surgery", -990, "Prescription"],
  ["Mateusz Nowak", -4_500, "Bike repair", "undone"],
  ["Grace Tan", 3_300, "Your half"],
  ["Helen Hartley", -8_000, "Wedding present"],
  ["Harbour Lights Ltd", 241_500, "Salary August"],
  ["Cartmel Dairy", -1_280, "Weekly box"],
];

function transactions(): Transaction[] {
  let balance = 1_184_216;
  return movements.map(([name, minor, reference, state = "settled"], index) => {
    const isBooked = state === "settled";
    const row: Transaction = {
      id: idOf("tx", index),
      accountId: idOf("acc", 1),
      amount: gbp(minor),
      balanceAfter: isBooked ? gbp(balance) : null,
      state,
      kind: minor < 0 ? "payment_out" : "payment_in",
      counterparty: { name },
      reference,
      category: minor < 0 ? "general" : "income",
      note: "",
      paymentId: minor < 0 ? idOf("pay", index + 1) : null,
      leavesAt: null,
      createdAt: at(1 + index * 1_500),
      bookedAt: isBooked ? at(1 + index * 1_500) : null,
      valueDate: null,
    };
    if (isBooked) balance -= minor;
    return row;
  });
}

const threads: StaffThreads["threads"] = [
  {
    id: idOf("thr", 1),
    subject: "You couldn’t log in this morning. You can now.",
    preview: "Was my payment to Tom lost in between?",
    incident: idOf("inc", 41),
    isUnread: false,
    waitsFor: "bank",
    updatedAt: at(64),
    customer: { ref: refOf(1), name: "Ruth Okonkwo" },
  },
  {
    id: idOf("thr", 2),
    subject: "A second passkey",
    preview: "I have a new telephone and would like to keep the old one.",
    incident: null,
    isUnread: false,
    waitsFor: "bank",
    updatedAt: at(12),
    customer: { ref: refOf(9), name: "Mateusz Nowak" },
  },
];

/** A customer whole. */
export const customer: Customer = {
  ref: refOf(1),
  kind: "customer",
  name: "Ruth Okonkwo",
  dateOfBirth: "1987-03-14",
  address: { line1: "14 Quayside Row", line2: "Flat 3", town: "Whitby", postcode: "YO21 3PU", country: "GB" },
  email: "ruth.okonkwo@example.com",
  phone: "+447700900142",
  customerSince: at(400 * day),
  registration: {
    id: idOf("reg", 1),
    state: "completed",
    startedAt: at(400 * day + 9),
    reasons: ["name-close-to-a-list"],
    decidedAt: at(400 * day + 2),
    decisionReason: "Another date of birth, seen by video",
  },
  accounts: [
    {
      id: idOf("acc", 1),
      name: "Current account",
      currency: "GBP",
      sortCode: "004217",
      accountNumber: "31420076",
      iban: "GB61MNST00421731420076",
      balance: gbp(1_184_216),
      available: gbp(1_177_766),
      openedAt: at(400 * day),
    },
  ],
  transactions: transactions(),
  older: "1.tx",
  devices: [
    {
      id: idOf("dev", 1),
      name: "iPhone 15, iOS 27.1",
      firstSeenAt: at(210 * day),
      lastSeenAt: at(3),
      sessions: [{ openedBy: "passkey", startedAt: at(322), activeAt: at(3), endsAt: at(-30 * day) }],
    },
    {
      id: idOf("dev", 2),
      name: "Chrome on Windows",
      firstSeenAt: at(380 * day),
      lastSeenAt: at(31 * day),
      sessions: [],
    },
  ],
  passkeys: [
    { id: idOf("pk", 1), name: "iCloud Keychain", createdAt: at(400 * day), lastUsedAt: at(322) },
    { id: idOf("pk", 2), name: "Windows Hello", createdAt: at(380 * day), lastUsedAt: null },
  ],
  recoveryCodesLeft: 6,
  threads: threads.slice(0, 1).map(({ customer: _customer, ...thread }) => thread),
  looks: [
    {
      at: at(0),
      staff: { id: idOf("staff", 1), name: "Nadia Haddad" },
      action: "customer-seen",
      customers: 1,
    },
    {
      at: at(1),
      staff: { id: idOf("staff", 1), name: "Nadia Haddad" },
      action: "customers-searched",
      customers: 5,
    },
    {
      at: at(291),
      staff: { id: idOf("staff", 2), name: "Priya Nair" },
      action: "customer-names-seen",
      customers: 31,
    },
    {
      at: at(55 * day),
      staff: { id: idOf("staff", 3), name: "Tom Okafor" },
      action: "thread-answered",
      customers: 1,
    },
  ],
};

/** A conversation whole. */
export function thread(threadId: string): StaffThreadWhole {
  const known = threads.find((each) => each.id === threadId) ?? threads[0];
  if (known === undefined) throw new Error("there is a conversation");
  return {
    ...known,
    entries: [
      {
        id: idOf("ent", 1),
        from: "bank",
        name: null,
        at: at(291),
        text:
          "Hello Ruth, at 08:41 our app refused your log-in. That was our mistake. We took the version " +
          "back at 08:53. Your money was safe and no payment was missed.\n\n" +
          "You needn’t do anything. We’re sorry.",
      },
      {
        id: idOf("ent", 2),
        from: "customer",
        name: null,
        at: at(64),
        text: "Thank you. Was my payment to Tom lost in between?\n<script>alert(1)</script>",
      },
    ],
  };
}

/** The conversations that wait. */
export const waitingThreads: StaffThreads = { threads, waiting: threads.length };
