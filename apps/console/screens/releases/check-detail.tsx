import { classNames } from "@mainstay/ui";
import type { CheckCell } from "@mainstay/wire";
import { Check, X } from "lucide-react";
import type { ReactNode } from "react";
import { Card } from "../../parts/card.tsx";

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-soft">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}

/** One cell: which journey it was, why it failed, and its steps with the time that each took. */
export function CheckDetail({ cell }: { readonly cell: CheckCell }) {
  const isRed = cell.result === "failed";
  return (
    <Card
      title={<span className="line-clamp-2 whitespace-normal">{cell.title}</span>}
      aside={cell.server === "now" ? "server now" : "next server"}
      className="max-h-[60%] shrink-0 [@media(max-height:850px)]:max-h-[30%]"
    >
      <div
        role="region"
        aria-label="What happened in it"
        tabIndex={0}
        className="min-h-0 overflow-y-auto px-4 py-3 outline-offset-[-2px]"
      >
        <dl className="grid grid-cols-[72px_1fr] gap-x-2 gap-y-1 text-small">
          <Fact name="Version">
            {cell.version}, {cell.protocol}
          </Fact>
          <Fact name="Took">
            <span className="money">{(cell.ms / 1_000).toFixed(1)} s</span>
          </Fact>
          {cell.reason !== null && (
            <Fact name="Reason">
              <span className={isRed ? "font-medium text-danger" : undefined}>{cell.reason}</span>
            </Fact>
          )}
        </dl>
        {cell.steps.length > 0 && (
          <ol
            aria-label="Steps"
            className="mt-2.5 flex flex-col gap-1.5 border-t border-line pt-2.5 text-small"
          >
            {cell.steps.map(({ title, passed, ms, note }, index) => (
              <li
                key={`${index} ${title}`}
                className={classNames("flex gap-2.5", !passed && "font-semibold")}
              >
                {passed ? (
                  <Check
                    size={14}
                    strokeWidth={1.9}
                    aria-label="passed"
                    className="mt-px shrink-0 text-good"
                  />
                ) : (
                  <X size={14} strokeWidth={1.9} aria-label="failed" className="mt-px shrink-0 text-danger" />
                )}
                <span className="min-w-0 flex-1">
                  {title}
                  {note !== null && <span className="block font-normal text-danger">{note}</span>}
                </span>
                <span className={classNames("money shrink-0", passed ? "text-ink-soft" : "text-danger")}>
                  {(ms / 1_000).toFixed(1)} s
                </span>
              </li>
            ))}
          </ol>
        )}
      </div>
    </Card>
  );
}
