import { addMs, businessDateOf, seededFractions } from "@mainstay/kernel";
import type { Category } from "@mainstay/wire";
import { bills, demo_people, favours, habits, type DemoPerson } from "./people.ts";

/**
 * Something that happened to a customer's money in the demo bank. `out` to another customer names them in
 * `to`.
 */
export type Movement = {
  readonly at: Date;
  readonly person: string;
  readonly direction: "in" | "out";
  readonly channel: "card" | "domestic" | "on-us";
  readonly minor: bigint;
  readonly counterparty: string;
  readonly to?: string;
  readonly reference: string;
  readonly category: Category;
};

/** How many days of life the demo bank's customers have. */
export const demo_days = 245;

const day_ms = 86_400_000;

type Fractions = () => number;
type Day = { readonly start: Date; readonly dayOfMonth: number; readonly isWeekend: boolean };

const within = (next: Fractions, from: number, to: number) => BigInt(Math.round(from + next() * (to - from)));
const at = (day: Day, hour: number, next: Fractions) => addMs(day.start, (hour + next()) * 3_600_000);

function dayAt(start: Date): Day {
  const date = businessDateOf(start);
  const weekday = new Date(`${date}T12:00:00Z`).getUTCDay();
  return { start, dayOfMonth: Number(date.slice(8)), isWeekend: weekday === 0 || weekday === 6 };
}

function fixedOf(person: DemoPerson, day: Day, next: Fractions): Movement[] {
  const movements: Movement[] = [];
  const out = { person: person.key, direction: "out", channel: "domestic" } as const;
  if (day.dayOfMonth === person.payDay) {
    movements.push({
      at: at(day, 5, next),
      person: person.key,
      direction: "in",
      channel: "domestic",
      minor: BigInt(person.payMinor),
      counterparty: person.employer,
      reference: "Salary",
      category: "income",
    });
  }
  if (day.dayOfMonth === 1) {
    const rent = { counterparty: "Quayside Lettings", reference: "Rent", category: "bills" } as const;
    movements.push({ ...out, ...rent, at: at(day, 6, next), minor: BigInt(person.rentMinor) });
  }
  for (const bill of bills.filter((entry) => entry.day === day.dayOfMonth)) {
    const { name: counterparty, reference, category } = bill;
    movements.push({
      ...out,
      counterparty,
      reference,
      category,
      at: at(day, 6, next),
      minor: BigInt(bill.minor),
    });
  }
  return movements;
}

function habitsOf(person: DemoPerson, day: Day, next: Fractions): Movement[] {
  return habits
    .filter((habit) => next() < (day.isWeekend ? habit.weekend : habit.workday))
    .map((habit) => ({
      at: at(day, habit.hour, next),
      person: person.key,
      direction: "out",
      channel: "card",
      minor: within(next, habit.minorFrom, habit.minorTo),
      counterparty: habit.name,
      reference: "",
      category: habit.category,
    }));
}

function favoursOf(person: DemoPerson, day: Day, next: Fractions): Movement[] {
  if (next() > (day.isWeekend ? 0.1 : 0.03)) return [];
  const friends = demo_people.filter((other) => other.key !== person.key);
  const friend = friends[Math.floor(next() * friends.length)];
  const favour = favours[Math.floor(next() * favours.length)];
  if (!friend || !favour) return [];
  return [
    {
      at: at(day, 17, next),
      person: person.key,
      direction: "out",
      channel: "on-us",
      minor: within(next, favour.minorFrom, favour.minorTo),
      counterparty: `${friend.firstName} ${friend.lastName}`,
      to: friend.key,
      reference: favour.reference,
      category: "transfers",
    },
  ];
}

/**
 * The lives of the demo bank's customers in the `demo_days` before `until`, in order of time: pay, rent,
 * bills, shops, and what friends pay one another. Nobody spends what they don't have: a movement that an
 * account can't bear is left out.
 */
export function demoLife(until: Date): Movement[] {
  const next = seededFractions(20_260_401);
  const midnight = new Date(`${businessDateOf(until)}T00:00:00Z`);
  const first = addMs(midnight, -demo_days * day_ms);
  const wanted: Movement[] = demo_people.map((person) => ({
    at: first,
    person: person.key,
    direction: "in",
    channel: "domestic",
    minor: BigInt(person.openingMinor),
    counterparty: `${person.firstName} ${person.lastName}`,
    reference: "From my old bank",
    category: "transfers",
  }));
  for (let index = 0; index <= demo_days; index += 1) {
    const day = dayAt(addMs(midnight, (index - demo_days) * day_ms));
    for (const person of demo_people) {
      wanted.push(
        ...fixedOf(person, day, next),
        ...habitsOf(person, day, next),
        ...favoursOf(person, day, next),
      );
    }
  }
  const past = wanted.filter((movement) => movement.at < until);
  return affordable(past.toSorted((left, right) => left.at.getTime() - right.at.getTime()));
}

function affordable(movements: readonly Movement[]): Movement[] {
  const balances = new Map<string, bigint>(demo_people.map((person) => [person.key, 0n]));
  const add = (key: string, minor: bigint) => balances.set(key, (balances.get(key) ?? 0n) + minor);
  return movements.filter((movement) => {
    if (movement.direction === "in") {
      add(movement.person, movement.minor);
      return true;
    }
    if ((balances.get(movement.person) ?? 0n) < movement.minor) return false;
    add(movement.person, -movement.minor);
    if (movement.to !== undefined) add(movement.to, movement.minor);
    return true;
  });
}
