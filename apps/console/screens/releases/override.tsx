import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { CheckMatrix, Releases } from "@mainstay/wire";
import { useState } from "react";
import { useCommandId } from "../../api/command-id.ts";
import { overrideChecks } from "../../api/releases.ts";
import { sentenceOf } from "../../api/request.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { TextArea, Trouble } from "../../parts/field.tsx";
import { peopleText } from "../../parts/numbers.ts";
import { ApprovalDecision } from "./approval-decision.tsx";
import { ApprovalPeople } from "./approval-people.tsx";
import { isOpenApproval } from "./approval-words.ts";
import { override_share_max } from "./words.ts";

const reason_length = { min: 3, max: 500 };

/** Whom going on regardless would hurt, as a number of people. */
function harmText(version: string, matrix: CheckMatrix, releases: Releases | undefined): string {
  const titles = [
    ...new Set(
      matrix.cells
        .filter((cell) => cell.result === "failed" && cell.version === version)
        .map(({ title }) => title),
    ),
  ];
  const others = [
    ...new Set(
      matrix.cells
        .filter((cell) => cell.result === "failed" && cell.version !== version)
        .map((cell) => cell.version),
    ),
  ];
  const row = releases?.versions.find((candidate) => candidate.version === version);
  const devices = (row?.platforms ?? [])
    .flatMap((platform) => releases?.devices[platform] ?? [])
    .reduce((sum, { count }) => sum + count, 0);
  const count = Math.ceil(devices * override_share_max);
  const people = `${peopleText(count)} ${count === 1 ? "gets" : "get"}`;
  if (matrix.run === null)
    return `At 1 % ${people} ${version}, and nobody has tried whether they can log in.`;
  const what =
    titles.length > 0
      ? `and this fails for them as it failed here: ${titles.map(lower).join("; ")}.`
      : `while ${others.join(", ")} fail against the next server.`;
  return `At 1 % ${people} ${version}, ${what}`;
}

function lower(words: string): string {
  return `${words.slice(0, 1).toLowerCase()}${words.slice(1)}`;
}

/** The first person: a reason. What they then sign stands in its place. */
function Ask({ version }: { readonly version: string }) {
  const [reason, setReason] = useState("");
  const commandId = useCommandId(version, reason.trim());
  const client = useQueryClient();
  const asking = useMutation({
    mutationFn: () => overrideChecks(version, reason.trim(), commandId),
    onSettled: () => client.invalidateQueries(),
  });
  return (
    <>
      <TextArea
        label="Your reason, kept with the version"
        rows={2}
        maxLength={reason_length.max}
        value={reason}
        placeholder="Say why the risk is worth it"
        onChange={(event) => setReason(event.target.value)}
      />
      <Trouble>{asking.isError ? sentenceOf(asking.error) : null}</Trouble>
      <Button
        look="danger"
        busy={asking.isPending}
        disabled={reason.trim().length < reason_length.min}
        onClick={() => asking.mutate()}
      >
        Ask to go on
      </Button>
    </>
  );
}

/** Going on although checks are red: two people, a reason, and the harm in figures. */
export function Override({ version, matrix, releases, mayChange }: OverrideProps) {
  const [said, setSaid] = useState<string | null>(null);
  const { override } = matrix;
  const isOpen = override !== null && isOpenApproval(override);
  const isGiven = override?.state === "carried-out";
  const signed = [override?.first.signedAt, override?.second?.signedAt].filter(Boolean).length;
  return (
    <Card
      title="Go on regardless"
      aside={<Badge tone="lamp">{isOpen || isGiven ? signed : 0} of 2 people</Badge>}
      className="min-h-0 shrink"
    >
      <div
        role="region"
        aria-label="Who goes on, and whom it touches"
        tabIndex={0}
        className="flex min-h-16 flex-col gap-3 overflow-y-auto px-4 pt-3 pb-2 outline-offset-[-2px]"
      >
        {override !== null && <ApprovalPeople approval={override} />}
        <p className="money rounded-control bg-danger-tint px-3 py-2 text-small text-danger">
          {harmText(version, matrix, releases)}
        </p>
        {isGiven && <p className="text-small text-ink-soft">It can be rolled out to 1 %, and no further.</p>}
      </div>
      <div className="flex shrink-0 flex-col gap-3 px-4 pt-1 pb-3 empty:hidden">
        {isOpen && mayChange && (
          <ApprovalDecision
            key={override.id}
            approval={override}
            look="danger"
            isTextShown={false}
            onDone={setSaid}
          />
        )}
        {!isOpen && !isGiven && mayChange && <Ask version={version} />}
        <p role="status" className="text-small text-ink-soft empty:hidden">
          {said}
        </p>
      </div>
    </Card>
  );
}

type OverrideProps = {
  readonly version: string;
  readonly matrix: CheckMatrix;
  readonly releases: Releases | undefined;
  readonly mayChange: boolean;
};
