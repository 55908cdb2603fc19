import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "../class-names.ts";
import { Icon } from "./icon.tsx";

/** What a banner is about: attention, good news, something that failed, or something to know. */
export type BannerTone = "lamp" | "good" | "danger" | "info" | "harbour";

const tones: Readonly<Record<BannerTone, { readonly ground: string; readonly ink: string }>> = {
  lamp: { ground: "bg-lamp-tint", ink: "text-lamp-ink" },
  good: { ground: "bg-good-tint", ink: "text-good" },
  danger: { ground: "bg-danger-tint", ink: "text-danger" },
  info: { ground: "bg-info-tint", ink: "text-info" },
  harbour: { ground: "bg-harbour-tint", ink: "text-harbour-tint-ink" },
};

/** A tinted card with an icon and words: what is the case and what to do about it. */
export function Banner({ tone, icon, title, children, inset = false, action, role }: BannerProps) {
  const { ground, ink } = tones[tone];
  return (
    <div
      role={role}
      className={classNames(
        "flex gap-3 text-body",
        ground,
        inset ? "rounded-[14px] p-3" : "rounded-card p-4",
      )}
    >
      <Icon of={icon} className={classNames("shrink-0", ink)} />
      <div className="min-w-0 flex-1">
        {title !== undefined && <p className={classNames("font-semibold", ink)}>{title}</p>}
        {children !== undefined && <div className="text-ink">{children}</div>}
        {action !== undefined && <div className="mt-3">{action}</div>}
      </div>
    </div>
  );
}

/** What `Banner` takes. */
export type BannerProps = {
  readonly tone: BannerTone;
  readonly icon: LucideIcon;
  readonly title?: ReactNode;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
  /** Inside a card, where the corners follow the card's. */
  readonly inset?: boolean;
  /** `alert` for what has just gone wrong, `status` for what has just changed. */
  readonly role?: "alert" | "status";
};
