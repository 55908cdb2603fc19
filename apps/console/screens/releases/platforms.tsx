import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Approval, ConsolePlatform, Platform, Releases, RolloutCommanded } from "@mainstay/wire";
import { useState } from "react";
import { useCommandId } from "../../api/command-id.ts";
import { putPlatform, rollBackStable } from "../../api/releases.ts";
import { sentenceOf } from "../../api/request.ts";
import { Button } from "../../parts/button.tsx";
import { Segmented } from "../../parts/choice.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { TextArea, TextField, Trouble } from "../../parts/field.tsx";
import { countText, none_sign, peopleText } from "../../parts/numbers.ts";
import { SignFirst } from "./signing.tsx";
import { isOlder } from "./tones.ts";
import { all_platforms, platformName } from "./words.ts";

const reason_length = { min: 3, max: 500 };
const version_pattern = /^\d{1,9}\.\d{1,9}\.\d{1,9}$/;

type Draft = { readonly recommended: string; readonly minimum: string; readonly storeUrl: string };

function draftOf({ recommended, minimum, storeUrl }: ConsolePlatform): Draft {
  return { recommended: recommended ?? "", minimum: minimum ?? "", storeUrl: storeUrl ?? "" };
}

const orNull = (text: string) => (text.trim() === "" ? null : text.trim());
const isVersion = (text: string) => text.trim() === "" || version_pattern.test(text.trim());

/** How many devices are on something older than a version. */
function peopleBelow(releases: Releases, platform: Platform, minimum: string): number {
  if (!version_pattern.test(minimum.trim())) return 0;
  return releases.devices[platform]
    .filter(({ version }) => isOlder(version, minimum.trim()))
    .reduce((sum, { count }) => sum + count, 0);
}

/** Sends one command; what it asks for next, a signature or nothing, is handed on. */
function useCommand(onDone: (answer: RolloutCommanded) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (send: () => Promise<RolloutCommanded>) => send(),
    onSuccess: onDone,
    onSettled: () => client.invalidateQueries(),
  });
}

function Fields({ platform, draft, onChange }: FieldsProps) {
  const isWeb = platform === "web";
  const of = isWeb ? "version" : "version in the store";
  return (
    <>
      <div className="grid grid-cols-2 gap-3">
        <TextField
          label={`Recommended ${of}`}
          placeholder="none"
          value={draft.recommended}
          onChange={(event) => onChange({ ...draft, recommended: event.target.value })}
        />
        <TextField
          label={`Minimum ${of}`}
          placeholder="none"
          value={draft.minimum}
          onChange={(event) => onChange({ ...draft, minimum: event.target.value })}
        />
      </div>
      {!isWeb && (
        <TextField
          label="Link to the store"
          placeholder="https://"
          value={draft.storeUrl}
          onChange={(event) => onChange({ ...draft, storeUrl: event.target.value })}
        />
      )}
    </>
  );
}

type FieldsProps = {
  readonly platform: Platform;
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
};

/**
 * Whom a minimum that rises shuts out. In stores the app has versions of its own, which aren't counted here.
 */
function Rises({ platform, minimum, below }: RisesProps) {
  return (
    <p className="money rounded-control bg-lamp-tint px-3 py-2 text-small text-lamp-ink">
      {platform === "web" ? peopleText(below) : "Whoever is"} below {minimum} see
      {platform === "web" ? "" : "s"} a full page until they have updated. A minimum that rises takes two
      people.
    </p>
  );
}

type RisesProps = { readonly platform: Platform; readonly minimum: string; readonly below: number };

/** What one platform gets: its stable version, the way back from it, and what the app should and must be. */
function OnePlatform({ platform, releases, onDone }: OnePlatformProps) {
  const facts = releases.platforms[platform];
  const { stable, previous, whyNotRollBackStable } = facts;
  const [draft, setDraft] = useState(() => draftOf(facts));
  const [reason, setReason] = useState("");
  const ids = {
    put: useCommandId("put", JSON.stringify(draft), reason.trim()),
    back: useCommandId("back", stable, reason.trim()),
  };
  const sending = useCommand(onDone);
  const before = draftOf(facts);
  const isChanged = JSON.stringify(draft) !== JSON.stringify(before);
  const rises = draft.minimum !== before.minimum && draft.minimum.trim() !== "";
  const below = peopleBelow(releases, platform, draft.minimum);
  const hasReason = reason.trim().length >= reason_length.min;
  const canSave = isChanged && hasReason && isVersion(draft.recommended) && isVersion(draft.minimum);
  const on = releases.devices[platform].find(({ version }) => version === stable)?.count ?? 0;
  const { save, back } = commandsOf({
    platform,
    stable,
    draft,
    reason: reason.trim(),
    ids,
    send: sending.mutate,
  });
  return (
    <>
      <p className="money">
        <span className="font-semibold">{stable ?? none_sign}</span> is stable, {peopleText(on)} on it. Before
        it was {previous ?? "nothing"}.
      </p>
      <Fields platform={platform} draft={draft} onChange={setDraft} />
      {rises && <Rises platform={platform} minimum={draft.minimum.trim()} below={below} />}
      <TextArea
        label="Why, for the record"
        rows={2}
        maxLength={reason_length.max}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <Trouble>{sending.isError ? sentenceOf(sending.error) : null}</Trouble>
      <div className="flex items-center justify-end gap-2">
        {whyNotRollBackStable !== null && (
          <span className="mr-auto text-small text-ink-soft">{whyNotRollBackStable}</span>
        )}
        {previous !== null && (
          <Button
            look="danger"
            busy={sending.isPending}
            disabled={whyNotRollBackStable !== null || !hasReason}
            onClick={back}
          >
            Roll back to {previous}, {countText(on)}
          </Button>
        )}
        <Button look="primary" busy={sending.isPending} disabled={!canSave} onClick={save}>
          {rises ? "Ask a second person" : "Save"}
        </Button>
      </div>
    </>
  );
}

/** What the two buttons send. */
function commandsOf(given: {
  readonly platform: Platform;
  readonly stable: string | null;
  readonly draft: Draft;
  readonly reason: string;
  readonly ids: { readonly put: string; readonly back: string };
  readonly send: (command: () => Promise<RolloutCommanded>) => void;
}) {
  const { platform, stable, draft, reason, ids, send } = given;
  return {
    save: () =>
      send(() =>
        putPlatform(platform, {
          commandId: ids.put,
          recommended: orNull(draft.recommended),
          minimum: orNull(draft.minimum),
          storeUrl: orNull(draft.storeUrl),
          reason,
        }),
      ),
    back: () =>
      send(() => rollBackStable(platform, { commandId: ids.back, expectedStable: stable ?? "", reason })),
  };
}

type OnePlatformProps = {
  readonly platform: Platform;
  readonly releases: Releases;
  readonly onDone: (answer: RolloutCommanded) => void;
};

const options = all_platforms.map((value) => ({ value, name: platformName(value) }));

/**
 * What each platform gets beside rollouts: recommended and minimum versions, and the way back from stable.
 */
export function Platforms({
  releases,
  onClose,
}: {
  readonly releases: Releases;
  readonly onClose: () => void;
}) {
  const [platform, setPlatform] = useState<Platform>("ios");
  const [approval, setApproval] = useState<Approval | null>(null);
  if (approval !== null) return <SignFirst approval={approval} onClose={onClose} />;
  return (
    <Dialog
      title="What each platform gets"
      width={520}
      onClose={onClose}
      foot={<Button onClick={onClose}>Close</Button>}
    >
      <div className="self-start">
        <Segmented label="Platform" options={options} value={platform} onChange={setPlatform} />
      </div>
      <OnePlatform
        key={platform}
        platform={platform}
        releases={releases}
        onDone={({ approval: asked }) => (asked === null ? onClose() : setApproval(asked))}
      />
    </Dialog>
  );
}
