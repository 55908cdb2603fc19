import type { StaffRole } from "@mainstay/wire";
import {
  ArrowLeftRight,
  Megaphone,
  RadioTower,
  Rocket,
  Scale,
  ScrollText,
  Siren,
  Stamp,
  UserCheck,
  UserSearch,
  UsersRound,
  type LucideIcon,
} from "lucide-react";

/** A page of the console, and who may open it. */
export type Room = {
  readonly path:
    | "/releases"
    | "/incidents"
    | "/messages"
    | "/status"
    | "/customers"
    | "/payments"
    | "/ledger"
    | "/referrals"
    | "/approvals"
    | "/staff"
    | "/audit";
  readonly name: string;
  readonly section: "Watch" | "Bank" | "House";
  readonly icon: LucideIcon;
  readonly roles: readonly StaffRole[];
};

/** Who watches releases and incidents. */
export const watchers: readonly StaffRole[] = ["release-manager", "auditor", "admin"];

/** Every page there is, in the order of the sidebar. */
export const rooms: readonly Room[] = [
  { path: "/releases", name: "Releases", section: "Watch", icon: Rocket, roles: watchers },
  { path: "/incidents", name: "Incidents", section: "Watch", icon: Siren, roles: watchers },
  { path: "/messages", name: "Messages", section: "Watch", icon: Megaphone, roles: [...watchers, "support"] },
  { path: "/status", name: "Status page", section: "Watch", icon: RadioTower, roles: watchers },
  { path: "/customers", name: "Customers", section: "Bank", icon: UserSearch, roles: ["support"] },
  { path: "/payments", name: "Payments", section: "Bank", icon: ArrowLeftRight, roles: ["payments"] },
  { path: "/ledger", name: "Ledger", section: "Bank", icon: Scale, roles: ["payments", "auditor"] },
  { path: "/referrals", name: "Referrals", section: "Bank", icon: UserCheck, roles: ["onboarding"] },
  { path: "/approvals", name: "Approvals", section: "House", icon: Stamp, roles: watchers },
  { path: "/staff", name: "Staff", section: "House", icon: UsersRound, roles: ["admin", "auditor"] },
  { path: "/audit", name: "Audit", section: "House", icon: ScrollText, roles: ["admin", "auditor"] },
];

/** The pages that a person with these roles can open. */
export function roomsFor(roles: readonly StaffRole[]): readonly Room[] {
  return rooms.filter((room) => room.roles.some((role) => roles.includes(role)));
}

const role_names: Readonly<Record<StaffRole, string>> = {
  admin: "Administrator",
  onboarding: "Onboarding",
  support: "Support desk",
  payments: "Payments desk",
  "release-manager": "Release manager",
  auditor: "Auditor",
};

/**
 * Every role there is. (Not taken from the wire schemas, which would bring the whole validator into the
 * page.)
 */
export const all_roles = Object.keys(role_names) as readonly StaffRole[];

/** What a role is called. */
export function roleName(role: StaffRole): string {
  return role_names[role];
}
