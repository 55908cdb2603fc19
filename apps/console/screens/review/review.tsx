import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { classNames } from "@mainstay/ui";
import type { Review, ReviewText } from "@mainstay/wire";
import { useEffect, useRef, useState } from "react";
import { useCommandId } from "../../api/command-id.ts";
import { sessionQuery } from "../../api/queries.ts";
import { sentenceOf } from "../../api/request.ts";
import { markRead, reviewQuery } from "../../api/review.ts";
import { useChanges } from "../../api/stream.ts";
import { Card } from "../../parts/card.tsx";
import { Trouble } from "../../parts/field.tsx";
import { usePageFacts } from "../../shell/page-facts.ts";
import { useLivePageKeys } from "../../shell/page-keys.ts";
import { Nothing, RowsToCome } from "../page.tsx";
import { ReviewDialog, useReviewChange, type Opened } from "./review-dialogs.tsx";
import { ReviewDocument } from "./review-document.tsx";
import { ReviewHead } from "./review-head.tsx";
import { ReviewSections } from "./review-sections.tsx";
import { Conditions, nextHelp, RegulatorCard, TheCheck } from "./review-side.tsx";
import { isOpenAction, sections, textOf, type Help } from "./review-words.ts";

/**
 * An incident's review: built from the record, written by people, read by a second one, closed when all is
 * there.
 */
export function ReviewPage() {
  const { id } = useParams({ from: "/frame/incidents/$id/review" });
  const query = useQuery(reviewQuery(id));
  useChanges(`/api/incidents/${id}/stream`, [["incidents", id]]);
  usePageFacts([
    { name: "Incidents", to: "/incidents" },
    { name: query.data?.number ?? "Incident", to: `/incidents/${id}` },
    { name: "Review", to: null },
  ]);
  if (query.data !== undefined) return <ReviewRoom key={id} review={query.data} />;
  return (
    <Card className="flex-1">
      {query.isError ? (
        <Nothing title="This review can’t be shown">{sentenceOf(query.error)}</Nothing>
      ) : (
        <RowsToCome rows={8} />
      )}
    </Card>
  );
}

/** The section that one is at: by key or press, and by scrolling. */
function useSections() {
  const [at, setAt] = useState(sections[0]?.id ?? "summary");
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const onScroll = () => {
      const top = element.getBoundingClientRect().top + 24;
      const passed = [...element.querySelectorAll<HTMLElement>("[data-section]")].filter(
        (section) => section.getBoundingClientRect().top <= top,
      );
      const id = passed.at(-1)?.dataset["section"];
      if (id !== undefined) setAt(id);
    };
    element.addEventListener("scroll", onScroll, { passive: true });
    return () => element.removeEventListener("scroll", onScroll);
  }, []);
  const go = (id: string) => {
    box.current?.querySelector(`[data-section="${id}"]`)?.scrollIntoView({ block: "start" });
    setAt(id);
  };
  const step = (by: number) => () => {
    const index = sections.findIndex((section) => section.id === at);
    const next = sections[Math.min(Math.max(index + by, 0), sections.length - 1)];
    if (next) go(next.id);
  };
  return { at, box, go, step };
}

/** The part to write: of the section that one is at, where it is named, those still to be written first. */
function partToWrite(review: Review, at: string | null): ReviewText {
  const parts = sections.filter(({ id }) => at === null || id === at).flatMap((section) => section.parts);
  const open = parts.find((part) => {
    const { text, isDrafted } = textOf(review, part);
    return text.trim() === "" || isDrafted;
  });
  return open ?? parts[0] ?? "summary";
}

const columns = classNames(
  "grid min-h-0 flex-1 grid-cols-[minmax(0,209fr)_minmax(0,680fr)_minmax(0,271fr)]",
  "grid-rows-[minmax(0,1fr)] gap-3",
);

/** The reader's word that it is right. */
function useReading({ incident, draft }: Review) {
  const commandId = useCommandId(incident, "read", draft);
  return useReviewChange(
    () => markRead(incident, commandId),
    () => undefined,
  );
}

function ReviewRoom({ review }: { readonly review: Review }) {
  const { data: session } = useQuery(sessionQuery);
  const navigate = useNavigate();
  const me = session?.staff.id;
  const isOpen = review.closedAt === null;
  const mayWrite = isOpen && session?.staff.roles.includes("release-manager") === true;
  const [opened, setOpened] = useState<Opened | null>(null);
  const [editing, setEditing] = useState<ReviewText | null>(null);
  const place = useSections();
  const reading = useReading(review);
  const help = nextHelp(review, me);
  const write = (at: string | null) => {
    const part = partToWrite(review, at);
    setEditing(part);
    if (at === null) place.go(sections.find(({ parts }) => parts.includes(part))?.id ?? "summary");
  };
  const helps: Readonly<Record<Help, () => void>> = {
    check: () => setOpened("check"),
    actions: () => setOpened({ action: review.actions.find(isOpenAction) ?? null }),
    reader: () => (review.reader?.id === me ? reading.mutate() : setOpened("reader")),
    incident: () => void navigate({ to: "/incidents/$id", params: { id: review.incident } }),
    write: () => write(null),
  };
  useLivePageKeys([
    { name: "sections", keys: { j: place.step(1), k: place.step(-1) } },
    ...(mayWrite
      ? [
          { name: "edit", keys: { e: () => write(place.at) } },
          { name: "new action", keys: { a: () => setOpened({ action: null }) } },
        ]
      : []),
    ...(mayWrite && (review.check?.demandedAt ?? null) === null
      ? [{ name: "require the check", keys: { r: () => setOpened("check") } }]
      : []),
    ...(mayWrite && help === "reader" ? [{ name: "second reader", keys: { w: helps.reader } }] : []),
    { name: "incident", keys: { i: helps.incident } },
    { name: "versions", keys: { h: () => setOpened("versions") } },
  ]);
  return (
    <>
      <ReviewHead
        {...{ review, mayWrite }}
        onVersions={() => setOpened("versions")}
        onClose={() => setOpened("close")}
      />
      {reading.isError && <Trouble>{sentenceOf(reading.error)}</Trouble>}
      <div className={columns}>
        <ReviewSections review={review} at={place.at} onGo={place.go} />
        <Card className="min-h-0">
          <ReviewDocument
            {...{ review, mayWrite, editing }}
            onEdit={setEditing}
            onOpen={setOpened}
            documentRef={place.box}
          />
        </Card>
        <div className="flex min-h-0 flex-col gap-3 overflow-y-auto">
          <Conditions {...{ review, me, mayWrite }} onHelp={(which) => helps[which]()} />
          <TheCheck review={review} />
          <RegulatorCard review={review} />
        </div>
      </div>
      {opened !== null && <ReviewDialog {...{ review, me, opened }} onClose={() => setOpened(null)} />}
    </>
  );
}
