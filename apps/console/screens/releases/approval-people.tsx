import { classNames, initialsOf } from "@mainstay/ui";
import type { Approval } from "@mainstay/wire";
import { Fingerprint } from "lucide-react";
import type { ReactNode } from "react";
import { timeText, Time } from "../../parts/time.tsx";

function Person({ name, initials, isOpen, at, children }: PersonProps) {
  return (
    <div className="flex gap-2.5">
      <span
        aria-hidden
        className={classNames(
          "flex size-6 shrink-0 items-center justify-center rounded-full text-[10px] font-semibold",
          isOpen ? "border border-dashed border-field text-ink-soft" : "bg-amber text-amber-ink",
        )}
      >
        {initials}
      </span>
      <div className="min-w-0 flex-1">
        <div className="flex items-center gap-1.5">
          <span className="font-semibold">{name}</span>
          {at !== null && (
            <>
              <Fingerprint size={14} strokeWidth={1.9} role="img" aria-label="signed with a passkey" />
              <span className="ml-auto text-small text-ink-soft">
                <Time at={at} form="clock" />
              </span>
            </>
          )}
        </div>
        <div className="text-small text-ink-soft">{children}</div>
      </div>
    </div>
  );
}

type PersonProps = {
  readonly name: string;
  readonly initials: string;
  /** Nobody has signed here yet: a dashed place. */
  readonly isOpen: boolean;
  readonly at: string | null;
  readonly children: ReactNode;
};

function secondText({ state, first, canSign, whyNot, expiresAt }: Approval): string {
  if (state === "expired") return `Nobody signed by ${timeText(expiresAt, "weekday")}.`;
  if (state === "void") return "It couldn’t be carried out any more.";
  const others = `Release role, and not ${first.name.split(" ")[0] ?? first.name}.`;
  if (canSign) return `${others} You can.`;
  return whyNot === null ? others : `${others} ${whyNot}`;
}

/** Who asks, with their reason, and who signs second: a dashed place until somebody has. */
export function ApprovalPeople({ approval }: { readonly approval: Approval }) {
  const { first, second, reason, state } = approval;
  return (
    <div className="flex flex-col gap-3">
      <Person
        name={first.name}
        initials={initialsOf(first.name, "person")}
        isOpen={first.signedAt === null}
        at={first.signedAt}
      >
        <span className="text-ink">“{reason}”</span>
        {first.signedAt === null && state === "unsigned" && " Has yet to sign."}
      </Person>
      {second === null ? (
        <Person name="A second person" initials="?" isOpen at={null}>
          {secondText(approval)}
        </Person>
      ) : (
        <Person
          name={second.name}
          initials={initialsOf(second.name, "person")}
          isOpen={second.signedAt === null}
          at={second.signedAt}
        >
          {state === "declined" ? "Declined." : "Signed as second."}
        </Person>
      )}
    </div>
  );
}
