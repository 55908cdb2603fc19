import { Trans } from "@lingui/react/macro";
import { Amount, Skeleton, classNames } from "@mainstay/ui";
import type { Account } from "@mainstay/wire";
import { accountNumberText, sortCodeText } from "../../text/account-numbers.ts";

/** The balance, and what of it can be spent now. */
export function Hero({ account }: { readonly account: Account | undefined }) {
  return (
    <section
      aria-label={account?.name}
      className={classNames(
        "relative mt-1 overflow-hidden rounded-hero hero-ground px-5 py-[18px]",
        "text-on-hero shadow-hero",
      )}
    >
      <Rings />
      <div className="relative">
        {account === undefined ? <HeroSkeleton /> : <HeroContent account={account} />}
      </div>
    </section>
  );
}

function HeroContent({ account }: { readonly account: Account }) {
  const heldMinor = account.balance.minor - account.available.minor;
  return (
    <>
      <div className="flex flex-wrap justify-between gap-x-3 text-body text-on-hero-soft">
        <h1>{account.name}</h1>
        <p>
          <span className="sr-only">
            <Trans>Sort code and account number:</Trans>{" "}
          </span>
          {sortCodeText(account.sortCode)}&ensp;{accountNumberText(account.accountNumber)}
        </p>
      </div>
      <p className="mt-0.5">
        <Amount value={account.balance} size="balance" />
      </p>
      <p className="mt-4 flex flex-wrap justify-between gap-x-3 text-body font-medium">
        <span>
          {heldMinor > 0 ? (
            <Trans>
              <Amount value={account.available} className="text-row font-semibold" /> to spend
            </Trans>
          ) : account.balance.minor > 0 ? (
            <Trans>All yours to spend</Trans>
          ) : (
            <Trans>Nothing in it yet</Trans>
          )}
        </span>
        {heldMinor > 0 && (
          <span className="self-center font-normal text-on-hero-soft">
            <Trans>
              <Amount value={{ ...account.balance, minor: heldMinor }} /> leaving
            </Trans>
          </span>
        )}
      </p>
    </>
  );
}

function HeroSkeleton() {
  return (
    <div className="opacity-25">
      <Skeleton className="my-1 h-3 w-28 !bg-on-hero" />
      <Skeleton className="mt-3 h-8 w-44 !bg-on-hero" />
      <Skeleton className="mt-6 mb-1 h-3 w-32 !bg-on-hero" />
    </div>
  );
}

/** The light's rings on the water, in the corner of the hero. */
function Rings() {
  return (
    <svg
      aria-hidden
      viewBox="0 0 140 130"
      className="absolute top-0 right-0 h-32.5 w-35 text-on-hero"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      opacity=".12"
    >
      <circle cx="120" cy="6" r="34" />
      <circle cx="120" cy="6" r="61" />
      <circle cx="120" cy="6" r="89" />
      <circle cx="120" cy="6" r="118" />
    </svg>
  );
}
