import type { Address, Category } from "@mainstay/wire";

/** A customer of the demo bank. */
export type DemoPerson = {
  readonly key: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly dateOfBirth: string;
  readonly email: string;
  readonly phone: string;
  readonly address: Address;
  readonly employer: string;
  /** Take-home pay each month, in pence. */
  readonly payMinor: number;
  readonly payDay: number;
  readonly rentMinor: number;
  /** What was on the account at the start, in pence. */
  readonly openingMinor: number;
};

/** The demo bank's customers. The first one is whom a visitor looks around as. */
export const demo_people: readonly DemoPerson[] = [
  {
    key: "nia",
    firstName: "Nia",
    lastName: "Calloway",
    dateOfBirth: "1994-03-17",
    email: "nia@calloway.example",
    phone: "+447700900112",
    address: { line1: "14 Harbour Street", town: "Bristol", postcode: "BS1 4RN", country: "GB" },
    employer: "Fernwood Studios",
    payMinor: 248_000,
    payDay: 28,
    rentMinor: 92_500,
    openingMinor: 118_400,
  },
  {
    key: "tom",
    firstName: "Tom",
    lastName: "Hartley",
    dateOfBirth: "1991-11-02",
    email: "tom@hartley.example",
    phone: "+447700900245",
    address: { line1: "3 Cooper's Yard", town: "Bristol", postcode: "BS3 1TF", country: "GB" },
    employer: "Avonside Joinery",
    payMinor: 231_500,
    payDay: 26,
    rentMinor: 81_000,
    openingMinor: 64_250,
  },
  {
    key: "priya",
    firstName: "Priya",
    lastName: "Raman",
    dateOfBirth: "1996-07-29",
    email: "priya@raman.example",
    phone: "+447700900377",
    address: { line1: "Flat 2, 51 Clifton Rise", town: "Bristol", postcode: "BS8 2QX", country: "GB" },
    employer: "St Brennan's Hospital",
    payMinor: 262_000,
    payDay: 25,
    rentMinor: 98_000,
    openingMinor: 203_900,
  },
  {
    key: "daniel",
    firstName: "Daniel",
    lastName: "Osei",
    dateOfBirth: "1988-01-21",
    email: "daniel@osei.example",
    phone: "+447700900418",
    address: { line1: "88 Mill Lane", town: "Bath", postcode: "BA2 5LT", country: "GB" },
    employer: "Kestrel Logistics",
    payMinor: 287_300,
    payDay: 28,
    rentMinor: 104_000,
    openingMinor: 310_000,
  },
  {
    key: "grace",
    firstName: "Grace",
    lastName: "Lindqvist",
    dateOfBirth: "2001-09-08",
    email: "grace@lindqvist.example",
    phone: "+447700900563",
    address: { line1: "7 Orchard Close", town: "Bristol", postcode: "BS6 7HD", country: "GB" },
    employer: "Harbourside Library",
    payMinor: 187_600,
    payDay: 27,
    rentMinor: 62_000,
    openingMinor: 41_700,
  },
];

/** A shop, a company or a landlord that the demo bank's customers pay. */
export type Merchant = { readonly name: string; readonly category: Category };

/** A bill that comes every month. */
export type Bill = Merchant & { readonly day: number; readonly minor: number; readonly reference: string };

export const bills: readonly Bill[] = [
  { name: "Bristol City Council", category: "bills", day: 4, minor: 14_120, reference: "Council tax" },
  { name: "Tidal Mobile", category: "bills", day: 9, minor: 1_800, reference: "Mobile" },
  { name: "Northwind Broadband", category: "bills", day: 12, minor: 2_900, reference: "Broadband" },
  { name: "Reel & Story", category: "entertainment", day: 15, minor: 1_099, reference: "Streaming" },
  { name: "Lumen Energy", category: "bills", day: 20, minor: 8_640, reference: "Gas and electric" },
  { name: "Salter Street Gym", category: "bills", day: 20, minor: 3_200, reference: "Membership" },
  { name: "Penrose Building Society", category: "savings", day: 29, minor: 42_000, reference: "Savings" },
];

/**
 * A habit: how likely it is on a workday and on a day of the weekend, at what hour, and for how much (pence).
 */
export type Habit = Merchant & {
  readonly workday: number;
  readonly weekend: number;
  readonly hour: number;
  readonly minorFrom: number;
  readonly minorTo: number;
};

export const habits: readonly Habit[] = [
  {
    name: "Kettle & Rye",
    category: "eating_out",
    workday: 0.55,
    weekend: 0.3,
    hour: 8,
    minorFrom: 320,
    minorTo: 460,
  },
  {
    name: "Northline Trains",
    category: "transport",
    workday: 0.35,
    weekend: 0.12,
    hour: 8,
    minorFrom: 640,
    minorTo: 1_240,
  },
  {
    name: "Oakfield Market",
    category: "groceries",
    workday: 0.2,
    weekend: 0.45,
    hour: 18,
    minorFrom: 1_180,
    minorTo: 4_900,
  },
  {
    name: "Corner Larder",
    category: "groceries",
    workday: 0.22,
    weekend: 0.2,
    hour: 19,
    minorFrom: 250,
    minorTo: 1_350,
  },
  {
    name: "Noodle Dock",
    category: "eating_out",
    workday: 0.08,
    weekend: 0.22,
    hour: 20,
    minorFrom: 1_150,
    minorTo: 3_400,
  },
  {
    name: "The Lamp & Anchor",
    category: "eating_out",
    workday: 0.04,
    weekend: 0.3,
    hour: 21,
    minorFrom: 540,
    minorTo: 2_600,
  },
  {
    name: "Paper Lantern Books",
    category: "shopping",
    workday: 0.03,
    weekend: 0.09,
    hour: 13,
    minorFrom: 799,
    minorTo: 2_799,
  },
  {
    name: "Fold & Thread",
    category: "shopping",
    workday: 0.02,
    weekend: 0.07,
    hour: 15,
    minorFrom: 1_600,
    minorTo: 6_900,
  },
  {
    name: "Westgate Pharmacy",
    category: "general",
    workday: 0.04,
    weekend: 0.03,
    hour: 12,
    minorFrom: 320,
    minorTo: 1_890,
  },
  {
    name: "Orpheum Cinema",
    category: "entertainment",
    workday: 0.02,
    weekend: 0.11,
    hour: 19,
    minorFrom: 1_050,
    minorTo: 2_400,
  },
];

/** What friends pay one another for. */
export const favours: readonly {
  readonly reference: string;
  readonly minorFrom: number;
  readonly minorTo: number;
}[] = [
  { reference: "Pizza on Saturday", minorFrom: 900, minorTo: 1_900 },
  { reference: "Cottage weekend", minorFrom: 3_500, minorTo: 8_000 },
  { reference: "Concert ticket", minorFrom: 2_400, minorTo: 5_200 },
  { reference: "Birthday present", minorFrom: 1_000, minorTo: 2_000 },
  { reference: "Train tickets", minorFrom: 1_200, minorTo: 2_900 },
  { reference: "Dinner, thank you", minorFrom: 1_500, minorTo: 3_200 },
];
