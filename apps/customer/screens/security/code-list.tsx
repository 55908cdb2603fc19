import { Trans } from "@lingui/react/macro";
import { buttonClass, Card, Icon } from "@mainstay/ui";
import { Copy } from "lucide-react";
import { useShare } from "../../text/use-share.ts";

/** Recovery codes, to be written down; shown once. */
export function CodeList({ codes }: { readonly codes: readonly string[] }) {
  const { copy, done } = useShare();
  return (
    <Card className="px-4 pt-4 pb-2">
      <ol className="mx-auto grid w-fit gap-y-2.5">
        {codes.map((code, index) => (
          <li key={code} className="flex items-baseline gap-3">
            <span className="w-5 shrink-0 text-right text-caption text-ink-soft">{index + 1}</span>
            <span className="money text-body font-medium break-all">{code}</span>
          </li>
        ))}
      </ol>
      <div className="mt-3 flex justify-center border-t border-line pt-1.5">
        <button type="button" className={buttonClass("quiet", "text")} onClick={() => copy(codes.join("\n"))}>
          <Icon of={Copy} size={20} />
          <span role="status">{done ? <Trans>Copied</Trans> : <Trans>Copy all</Trans>}</span>
        </button>
      </div>
    </Card>
  );
}
