import type { ReactNode } from "react";
import { classNames } from "../class-names.ts";
import type { AvatarTone } from "../text/initials.ts";

const tones: Readonly<Record<AvatarTone, string>> = {
  teal: "bg-teal text-teal-ink",
  amber: "bg-amber text-amber-ink",
  coral: "bg-coral text-coral-ink",
  blue: "bg-blue text-blue-ink",
  plum: "bg-plum text-plum-ink",
  moss: "bg-moss text-moss-ink",
  slate: "bg-slate text-slate-ink",
  rose: "bg-rose text-rose-ink",
};

// In px: what stands in a circle can't grow out of it, and the words beside it say the same.
const sizes = {
  36: "size-9 text-[14px]",
  40: "size-10 text-[16px]",
  56: "size-14 text-[20px] tracking-[-0.017em]",
  72: "size-18 text-[28px] tracking-[-0.024em] [&_svg]:size-8",
} as const;

/** A round sign for who or what: initials or an icon. It says nothing that the words beside it don't. */
export function Avatar({ tone, size = 40, children, className }: AvatarProps) {
  return (
    <span
      aria-hidden
      className={classNames(
        "inline-flex shrink-0 items-center justify-center rounded-full leading-none font-semibold",
        tones[tone],
        sizes[size],
        className,
      )}
    >
      {children}
    </span>
  );
}

/** What `Avatar` takes. */
export type AvatarProps = {
  readonly tone: AvatarTone;
  readonly size?: keyof typeof sizes;
  readonly children: ReactNode;
  readonly className?: string;
};
