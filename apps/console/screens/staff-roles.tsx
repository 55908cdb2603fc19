import type { StaffRole } from "@mainstay/wire";
import { all_roles, roleName } from "../shell/rooms.ts";

const role_texts: Readonly<Record<StaffRole, string>> = {
  admin: "invites staff, gives roles, reads the audit",
  onboarding: "decides on referred registrations",
  payments: "looks after payments",
  "release-manager": "rolls versions of the app out and back",
  auditor: "reads the audit, changes nothing",
};

/** Roles as boxes to tick. */
export function RolesPicker({ roles, onChange }: RolesPickerProps) {
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="mb-1 text-small text-ink-soft">Roles</legend>
      {all_roles.map((role) => (
        <label key={role} className="flex items-start gap-2.5">
          <input
            type="checkbox"
            className="mt-0.5 size-4 accent-harbour"
            checked={roles.includes(role)}
            onChange={(event) =>
              onChange(event.target.checked ? [...roles, role] : roles.filter((other) => other !== role))
            }
          />
          <span>
            <span className="block font-medium">{roleName(role)}</span>
            <span className="block text-small text-ink-soft">{role_texts[role]}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

type RolesPickerProps = {
  readonly roles: readonly StaffRole[];
  readonly onChange: (roles: readonly StaffRole[]) => void;
};
