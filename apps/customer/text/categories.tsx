import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import type { AvatarTone } from "@mainstay/ui";
import type { Category } from "@mainstay/wire";
import {
  ArrowLeftRight,
  Banknote,
  Briefcase,
  Bus,
  Clapperboard,
  Coins,
  HandCoins,
  PiggyBank,
  Plane,
  ShoppingBag,
  ShoppingBasket,
  Utensils,
  Zap,
  type LucideIcon,
} from "lucide-react";

/** What a category is called and how it looks. */
export type CategoryLook = {
  readonly name: MessageDescriptor;
  readonly icon: LucideIcon;
  readonly tone: AvatarTone;
};

/** Every category of the wire, in the order in which they are offered. */
export const categories: Readonly<Record<Category, CategoryLook>> = {
  groceries: { name: msg`Groceries`, icon: ShoppingBasket, tone: "moss" },
  eating_out: { name: msg`Eating out`, icon: Utensils, tone: "coral" },
  transport: { name: msg`Transport`, icon: Bus, tone: "blue" },
  shopping: { name: msg`Shopping`, icon: ShoppingBag, tone: "rose" },
  bills: { name: msg`Home and bills`, icon: Zap, tone: "amber" },
  entertainment: { name: msg`Fun`, icon: Clapperboard, tone: "plum" },
  holidays: { name: msg`Holidays`, icon: Plane, tone: "teal" },
  expenses: { name: msg`Expenses`, icon: Briefcase, tone: "slate" },
  cash: { name: msg`Cash`, icon: Banknote, tone: "moss" },
  income: { name: msg`Income`, icon: HandCoins, tone: "teal" },
  savings: { name: msg`Savings`, icon: PiggyBank, tone: "blue" },
  transfers: { name: msg`People`, icon: ArrowLeftRight, tone: "slate" },
  general: { name: msg`Everything else`, icon: Coins, tone: "slate" },
};
