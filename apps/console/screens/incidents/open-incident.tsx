import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Component, IncidentScope, Platform } from "@mainstay/wire";
import { useState } from "react";
import { useCommandId } from "../../api/command-id.ts";
import { openIncident } from "../../api/incidents.ts";
import { releasesQuery } from "../../api/releases.ts";
import { sentenceOf } from "../../api/request.ts";
import { browserClock } from "../../browser.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { TextField, Trouble } from "../../parts/field.tsx";
import { Select } from "../../parts/select.tsx";
import { all_platforms, platformName } from "../releases/words.ts";
import { all_components, componentName } from "../status/status-words.ts";
import { SeveritySelect } from "./incident-commands.tsx";

const title_length = { min: 5, max: 140 };
/** A computer's clock may be so far ahead of the server's, in milliseconds. */
const ahead_ms_max = 60_000;

function Boxes<Value extends string>({ legend, all, chosen, nameOf, onChange }: BoxesProps<Value>) {
  return (
    <fieldset>
      <legend className="mb-1 text-small text-ink-soft">{legend}</legend>
      <div className="flex flex-wrap gap-x-4 gap-y-1">
        {all.map((value) => (
          <label key={value} className="flex items-center gap-1.5">
            <input
              type="checkbox"
              className="size-4 accent-harbour"
              checked={chosen.includes(value)}
              onChange={(event) =>
                onChange(
                  all.filter((other) => (other === value ? event.target.checked : chosen.includes(other))),
                )
              }
            />
            {nameOf(value)}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

type BoxesProps<Value extends string> = {
  readonly legend: string;
  readonly all: readonly Value[];
  readonly chosen: readonly Value[];
  readonly nameOf: (value: Value) => string;
  readonly onChange: (values: readonly Value[]) => void;
};

/** An instant as the browser's field for date and time writes it, where whoever looks is. */
function localText(instant: Date): string {
  const ahead_ms = instant.getTimezoneOffset() * 60_000;
  return new Date(instant.getTime() - ahead_ms).toISOString().slice(0, 16);
}

/** What is typed, and what of it the server is asked to do. */
function useOpening(onOpened: (id: string) => void) {
  const client = useQueryClient();
  const [wish, setWish] = useState<Wish>(() => ({
    title: "",
    severity: 3,
    version: "",
    platforms: [],
    components: ["log-in"],
    from: localText(browserClock.now()),
  }));
  const title = wish.title.trim();
  const since = new Date(wish.from);
  const isTime = !Number.isNaN(since.getTime());
  const scope: IncidentScope = {
    versions: wish.version === "" ? [] : [wish.version],
    platforms: [...wish.platforms],
    components: [...wish.components],
    from: isTime ? since.toISOString() : "",
    until: null,
  };
  const commandId = useCommandId(title, wish.severity, JSON.stringify(scope));
  const sending = useMutation({
    mutationFn: () => openIncident({ commandId, title, severity: wish.severity, scope }),
    onSuccess: ({ id }) => onOpened(id),
    onSettled: () => client.invalidateQueries({ queryKey: ["incidents"] }),
  });
  const isAhead = isTime && since.getTime() > browserClock.now().getTime() + ahead_ms_max;
  const isReady = title.length >= title_length.min && isTime && !isAhead;
  return { wish, change: (part: Partial<Wish>) => setWish({ ...wish, ...part }), sending, isAhead, isReady };
}

type Wish = {
  readonly title: string;
  readonly severity: number;
  /** Empty for every version. */
  readonly version: string;
  readonly platforms: readonly Platform[];
  readonly components: readonly Component[];
  /** As the browser's field has it, in the zone of whoever looks. */
  readonly from: string;
};

function Fields({ wish, onChange }: FieldsProps) {
  const { data: releases } = useQuery(releasesQuery);
  const versions = (releases?.versions ?? []).map(({ version }) => ({ value: version, name: version }));
  return (
    <>
      <TextField
        label="What goes wrong, for whom"
        placeholder="Some people can’t log in on Android"
        maxLength={title_length.max}
        value={wish.title}
        onChange={(event) => onChange({ title: event.target.value })}
      />
      <div className="flex gap-3">
        <SeveritySelect value={wish.severity} onChange={(severity) => onChange({ severity })} />
        <Select
          label="Version"
          options={[{ value: "", name: "Every version" }, ...versions]}
          value={wish.version}
          onChange={(version) => onChange({ version })}
        />
      </div>
      <Boxes
        legend="Platforms; none ticked means all"
        all={all_platforms}
        chosen={wish.platforms}
        nameOf={platformName}
        onChange={(platforms) => onChange({ platforms })}
      />
      <Boxes
        legend="What the public page says is concerned"
        all={all_components}
        chosen={wish.components}
        nameOf={componentName}
        onChange={(components) => onChange({ components })}
      />
      <TextField
        label="Since when, your time"
        type="datetime-local"
        value={wish.from}
        onChange={(event) => onChange({ from: event.target.value })}
      />
    </>
  );
}

type FieldsProps = { readonly wish: Wish; readonly onChange: (part: Partial<Wish>) => void };

/** Opens an incident by hand: what it is, how bad, and whose log-ins it concerns. */
export function OpenIncident({ onClose, onOpened }: OpenIncidentProps) {
  const { wish, change, sending, isAhead, isReady } = useOpening(onOpened);
  return (
    <Dialog
      title="Open an incident"
      width={520}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button
            look="primary"
            disabled={!isReady}
            busy={sending.isPending}
            onClick={() => sending.mutate()}
          >
            Open it
          </Button>
        </>
      }
    >
      <Fields wish={wish} onChange={change} />
      <p className="text-small text-ink-soft">
        Log-ins that failed in this scope since then are found by themselves, late ones too.
      </p>
      <Trouble>
        {isAhead ? "It can’t have begun in the future." : sending.isError ? sentenceOf(sending.error) : null}
      </Trouble>
    </Dialog>
  );
}

type OpenIncidentProps = { readonly onClose: () => void; readonly onOpened: (id: string) => void };
