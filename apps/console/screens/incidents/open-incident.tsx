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

/** Opens an incident by hand: what it is, how bad, and whose log-ins it concerns. */
export function OpenIncident({ onClose, onOpened }: OpenIncidentProps) {
  const client = useQueryClient();
  const { data: releases } = useQuery(releasesQuery);
  const [title, setTitle] = useState("");
  const [severity, setSeverity] = useState(3);
  const [version, setVersion] = useState("");
  const [platforms, setPlatforms] = useState<readonly Platform[]>([]);
  const [components, setComponents] = useState<readonly Component[]>(["log-in"]);
  const [from, setFrom] = useState(() => localText(browserClock.now()));
  const since = new Date(from);
  const isTime = !Number.isNaN(since.getTime());
  const scope: IncidentScope = {
    versions: version === "" ? [] : [version],
    platforms: [...platforms],
    components: [...components],
    from: isTime ? since.toISOString() : "",
    until: null,
  };
  const commandId = useCommandId(title.trim(), severity, JSON.stringify(scope));
  const sending = useMutation({
    mutationFn: () => openIncident({ commandId, title: title.trim(), severity, scope }),
    onSuccess: ({ id }) => onOpened(id),
    onSettled: () => client.invalidateQueries({ queryKey: ["incidents"] }),
  });
  const isAhead = isTime && since.getTime() > browserClock.now().getTime() + 60_000;
  const isReady = title.trim().length >= title_length.min && isTime && !isAhead;
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
      <TextField
        label="What goes wrong, for whom"
        placeholder="Some people can’t log in on Android"
        autoFocus
        maxLength={title_length.max}
        value={title}
        onChange={(event) => setTitle(event.target.value)}
      />
      <div className="flex gap-3">
        <SeveritySelect value={severity} onChange={setSeverity} />
        <Select
          label="Version"
          options={[
            { value: "", name: "Every version" },
            ...(releases?.versions ?? []).map((row) => ({ value: row.version, name: row.version })),
          ]}
          value={version}
          onChange={setVersion}
        />
      </div>
      <Boxes
        legend="Platforms; none ticked means all"
        all={all_platforms}
        chosen={platforms}
        nameOf={platformName}
        onChange={setPlatforms}
      />
      <Boxes
        legend="What the public page says is concerned"
        all={all_components}
        chosen={components}
        nameOf={componentName}
        onChange={setComponents}
      />
      <TextField
        label="Since when, your time"
        type="datetime-local"
        value={from}
        onChange={(event) => setFrom(event.target.value)}
      />
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
