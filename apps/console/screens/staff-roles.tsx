import type { StaffRole } from "@mainstay/wire";
import { all_roles, roleName } from "../shell/rooms.ts";

const role_texts: Readonly<Record<StaffRole, string>> = {
  admin: "invites staff, gives roles, reads the audit",
  onboarding: "decides on referred registrations",
  support: "looks customers up and answers what they write",
  payments: "looks after payments and the ledger",
  "release-manager": "rolls versions of the app out and back",
  auditor: "reads the audit, changes nothing",
};

/** Roles as boxes to tick. */
export function RolesPicker({ roles, onChange }: RolesPickerProps) {
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="mb-1 text-small text-ink-soft">Roles</legend>
      {all_roles.map((role) => (
        <div key={role} className="flex items-start gap-2.5">
          <input
            id={`role-${role}`}
            type="checkbox"
            aria-describedby={`role-${role}-text`}
            className="mt-0.5 size-4 accent-harbour"
            checked={roles.includes(role)}
            onChange={(event) =>
              onChange(event.target.checked ? [...roles, role] : roles.filter((other) => other !== role))
            }
          />
          <div>
            <label htmlFor={`role-${role}`} className="block font-medium">
              {roleName(role)}
            </label>
            <span id={`role-${role}-text`} className="block text-small text-ink-soft">
              {role_texts[role]}
            </span>
          </div>
        </div>
      ))}
    </fieldset>
  );
}

type RolesPickerProps = {
  readonly roles: readonly StaffRole[];
  readonly onChange: (roles: readonly StaffRole[]) => void;
};
