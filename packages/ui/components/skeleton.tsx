import { classNames } from "../class-names.ts";

/** A breathing shape where something will stand. */
export function Skeleton({ className }: { readonly className: string }) {
  return <span aria-hidden className={classNames("block animate-breathe rounded-full bg-well", className)} />;
}

/** Rows that are on their way, in the shape of rows. */
export function SkeletonRows({ count, label }: { readonly count: number; readonly label: string }) {
  return (
    <div role="status" aria-label={label} className="rounded-card bg-surface shadow-card">
      {Array.from({ length: count }, (_, index) => (
        <div key={index} className="flex min-h-16 items-center gap-3 px-4 py-2.5">
          <Skeleton className="size-10" />
          <div className="flex-1 space-y-2">
            <Skeleton className={index % 2 === 0 ? "h-3.5 w-32" : "h-3.5 w-40"} />
            <Skeleton className="h-3 w-20" />
          </div>
          <Skeleton className="h-3.5 w-14" />
        </div>
      ))}
    </div>
  );
}
