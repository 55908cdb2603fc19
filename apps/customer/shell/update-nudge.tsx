import { Trans } from "@lingui/react/macro";
import { Banner, Button, buttonClass } from "@mainstay/ui";
import { Download } from "lucide-react";
import { useState } from "react";
import { bootHandle } from "../browser.ts";

/** Says that a newer version is there, where one is recommended; put off, it comes again in a day. */
export function UpdateNudge() {
  const { update, putOffUpdate } = bootHandle();
  const [isPutOff, setPutOff] = useState(false);
  if (update.kind !== "recommended" || isPutOff) return null;
  const later = () => {
    putOffUpdate();
    setPutOff(true);
  };
  return (
    <Banner
      tone="harbour"
      icon={Download}
      title={<Trans>A newer Mainstay is ready</Trans>}
      action={
        <div className="flex items-center gap-3">
          {update.storeUrl === null ? (
            <Button size="pair" onClick={() => location.reload()}>
              <Trans>Update</Trans>
            </Button>
          ) : (
            <a href={update.storeUrl} className={buttonClass("primary", "pair")}>
              <Trans>Update</Trans>
            </a>
          )}
          <Button look="quiet" size="pair" onClick={later}>
            <Trans>Later</Trans>
          </Button>
        </div>
      }
    >
      <Trans>It takes a minute, and everything stays where it is.</Trans>
    </Banner>
  );
}
