import { classNames } from "@mainstay/ui";
import type { Review, ReviewText } from "@mainstay/wire";
import { Check, Sparkle, X, type LucideIcon } from "lucide-react";
import type { ReactNode, Ref } from "react";
import { countText, none_sign } from "../../parts/numbers.ts";
import { exactSpanText } from "../../parts/time.tsx";
import { ReviewActions } from "./review-actions.tsx";
import type { Opened } from "./review-dialogs.tsx";
import { FactText, PartText } from "./review-text.tsx";
import { DrawnTimeline } from "./review-timeline.tsx";
import { partName, sections } from "./review-words.ts";

const spanOr = (length_ms: number | null) => (length_ms === null ? none_sign : exactSpanText(length_ms));

function Figures({ impact }: { readonly impact: Review["impact"] }) {
  const figures: readonly (readonly [string, string])[] = [
    ["people", countText(impact.people)],
    ["failed tries", countText(impact.failedLogIns)],
    ["median time out", spanOr(impact.medianOut_ms)],
    ["longest time out", spanOr(impact.longestOut_ms)],
    ["payments delayed", impact.paymentsDelayed === null ? none_sign : countText(impact.paymentsDelayed)],
  ];
  return (
    <dl className="flex overflow-hidden rounded-panel border border-line bg-table-head">
      {figures.map(([name, figure]) => (
        <div
          key={name}
          className={classNames(
            "flex min-w-0 flex-auto flex-col border-l border-line px-2.5 py-2.5",
            "min-[1400px]:px-3.5 first:border-l-0",
          )}
        >
          <dd className="money text-[17px]/[26px] font-semibold whitespace-nowrap min-[1400px]:text-number">
            {figure}
          </dd>
          <dt className="order-last truncate text-small whitespace-nowrap text-ink-soft">{name}</dt>
        </div>
      ))}
    </dl>
  );
}

/** A text whose lines are points of their own, each with a sign. */
function Points({ text, review, icon: Glyph, ink }: PointsProps) {
  const lines = text
    .split("\n")
    .map((line) => line.replace(/^[-*•]\s*/, "").trim())
    .filter((line) => line !== "");
  return (
    <ul className="flex flex-col gap-1">
      {lines.map((line, index) => (
        <li key={index} className="flex gap-2">
          <Glyph size={14} strokeWidth={2} aria-hidden className={classNames("mt-[3px] shrink-0", ink)} />
          <span className="min-w-0 break-words">
            <FactText text={line} review={review} />
          </span>
        </li>
      ))}
    </ul>
  );
}

type PointsProps = {
  readonly text: string;
  readonly review: Review;
  readonly icon: LucideIcon;
  readonly ink: string;
};

const point_looks: Readonly<Partial<Record<ReviewText, { icon: LucideIcon; ink: string }>>> = {
  "went-well": { icon: Check, ink: "text-good" },
  "went-badly": { icon: X, ink: "text-danger" },
  lucky: { icon: Sparkle, ink: "text-lamp-ink" },
};

const heading = "mb-1 text-[16px]/5 font-semibold tracking-[-0.01em]";

function Section({ id, children }: { readonly id: string; readonly children: ReactNode }) {
  const name = sections.find((section) => section.id === id)?.name;
  return (
    <section data-section={id} className="scroll-mt-4">
      <h2 className={heading}>{name}</h2>
      {children}
    </section>
  );
}

/** The document: what people write, and between it what the record says and nobody can edit. */
export function ReviewDocument(props: ReviewDocumentProps) {
  const { review, mayWrite, editing, onEdit, onOpen, documentRef } = props;
  const part = (name: ReviewText, draw: (text: string) => ReactNode) => (
    <PartText {...{ review, mayWrite, onEdit }} part={name} isEditing={editing === name}>
      {draw}
    </PartText>
  );
  const words = (name: ReviewText, lead: ReactNode = null) =>
    part(name, (text) => (
      <p className="text-head leading-[21px] font-normal tracking-[-0.006em] break-words whitespace-pre-wrap">
        {lead}
        <FactText text={text} review={review} />
      </p>
    ));
  const points = (name: ReviewText) => {
    const look = point_looks[name] ?? { icon: Check, ink: "text-ink-soft" };
    return (
      <div className="min-w-0">
        <h3 className={heading}>{partName(name)}</h3>
        {part(name, (text) => (
          <Points {...{ text, review }} {...look} />
        ))}
      </div>
    );
  };
  return (
    <div
      ref={documentRef}
      role="region"
      aria-label="The review"
      tabIndex={0}
      className="flex min-h-0 flex-1 flex-col gap-3 overflow-y-auto px-7 py-3.5 outline-offset-[-2px]"
    >
      <Section id="summary">{words("summary")}</Section>
      <Section id="impact">
        <Figures impact={review.impact} />
      </Section>
      <Section id="cause">
        <div className="flex flex-col gap-1">
          {words("cause", <b className="font-semibold">Cause. </b>)}
          {words("trigger", <b className="font-semibold">Trigger. </b>)}
        </div>
      </Section>
      <Section id="detection">
        <DrawnTimeline timeline={review.timeline} />
        <div className="mt-1.5">{words("detection")}</div>
      </Section>
      <section data-section="well" className="grid scroll-mt-4 grid-cols-2 gap-x-6 gap-y-2">
        <h2 className="sr-only">Well, badly, lucky</h2>
        {points("went-well")}
        {points("went-badly")}
        <div className="col-span-2">{points("lucky")}</div>
      </section>
      <Section id="actions">
        <ReviewActions {...{ review, mayWrite }} onOpen={(action) => onOpen({ action })} />
      </Section>
      <Section id="regulator">
        <RegulatorText review={review} />
      </Section>
    </div>
  );
}

const majorText = (as: "major" | "not-major") => (as === "major" ? "Major" : "Not major");

/** What was signed and why, and each threshold as it was counted. */
function RegulatorText({ review }: { readonly review: Review }) {
  const { classified, thresholds } = review.regulator;
  return (
    <>
      <p className="text-head leading-[21px] font-normal break-words">
        {classified === null
          ? "Nobody has signed yet whether it is major."
          : `${majorText(classified.as)}, signed by ${classified.by.name}: “${classified.reason}”`}
      </p>
      <ul className="mt-1 grid grid-cols-2 gap-x-6 text-small text-ink-soft">
        {thresholds.map(({ id, name, counted, limit, isReached, source }) => (
          <li key={id} title={source} className="money">
            {name}: <span className="font-medium text-ink">{counted}</span>, limit {limit}
            {isReached && <span className="font-medium text-danger">, reached</span>}
          </li>
        ))}
      </ul>
    </>
  );
}

type ReviewDocumentProps = {
  readonly review: Review;
  readonly mayWrite: boolean;
  /** The part that is being written. */
  readonly editing: ReviewText | null;
  readonly onEdit: (part: ReviewText | null) => void;
  readonly onOpen: (opened: Opened) => void;
  readonly documentRef: Ref<HTMLDivElement>;
};
