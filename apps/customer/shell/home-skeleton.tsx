import { useLingui } from "@lingui/react/macro";
import { Skeleton, SkeletonRows } from "@mainstay/ui";
import { useEffect } from "react";
import { sayBooted } from "./booted.ts";

/** Home in outline, while it is on its way. */
export function HomeSkeleton() {
  const { t } = useLingui();
  useEffect(sayBooted, []);
  return (
    <div className="mx-auto w-full max-w-107.5 px-5 pt-[env(safe-area-inset-top)]">
      <div className="flex h-14 items-center gap-3.5">
        <Skeleton className="size-9" />
        <Skeleton className="h-4 w-32" />
      </div>
      <Skeleton className="mt-1 h-36 !rounded-hero" />
      <div className="flex justify-around py-4">
        {[0, 1, 2, 3].map((index) => (
          <Skeleton key={index} className="size-12" />
        ))}
      </div>
      <div className="pt-10">
        <SkeletonRows count={4} label={t`One moment`} />
      </div>
    </div>
  );
}
