import { classNames, initialsOf, toneOf, type AvatarTone } from "@mainstay/ui";

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

/** A colleague's initials in a small circle; their name always stands beside it. */
export function PersonSign({ name }: { readonly name: string }) {
  return (
    <span
      aria-hidden
      className={classNames(
        "inline-flex size-5 shrink-0 items-center justify-center rounded-full text-[9px] font-semibold",
        tones[toneOf(name)],
      )}
    >
      {initialsOf(name, "person")}
    </span>
  );
}
