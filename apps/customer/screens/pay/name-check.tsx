import { Trans } from "@lingui/react/macro";
import { Banner } from "@mainstay/ui";
import type { NameCheck } from "@mainstay/wire";
import { CircleCheck, CircleQuestionMark, TriangleAlert } from "lucide-react";

/** What the name check found, in plain words. On the review it stands inside the card that is signed. */
export function NameCheckResult({ check, typedName, bankName }: NameCheckResultProps) {
  const holder = check.name ?? "";
  switch (check.result) {
    case "match":
      return (
        <Banner inset tone="good" icon={CircleCheck} title={<Trans>The name matches</Trans>}>
          <Trans>
            {bankName} says this account belongs to {typedName}.
          </Trans>
        </Banner>
      );
    case "close_match":
      return (
        <Banner inset tone="lamp" icon={TriangleAlert} title={<Trans>The name is nearly right</Trans>}>
          <Trans>
            {bankName} says this account belongs to {holder}.
          </Trans>
        </Banner>
      );
    case "no_match":
      return (
        <Banner inset tone="danger" icon={TriangleAlert} title={<Trans>The name doesn’t match</Trans>}>
          <Trans>
            {bankName} says this account doesn’t belong to {typedName}.
          </Trans>
        </Banner>
      );
    case "not_checked":
      return (
        <Banner inset tone="lamp" icon={CircleQuestionMark} title={<Trans>The name wasn’t checked</Trans>}>
          <Trans>{bankName} couldn’t tell us who this account belongs to.</Trans>
        </Banner>
      );
    default:
      return check.result satisfies never;
  }
}

/** What `NameCheckResult` takes. */
export type NameCheckResultProps = {
  readonly check: NameCheck;
  readonly typedName: string;
  readonly bankName: string;
};
