import { useQuery } from "@tanstack/react-query";
import { fileDifferences, type FileDifference, type Release, type ReleaseRow } from "@mainstay/wire";
import { useState, type ReactNode } from "react";
import { releaseQuery } from "../../api/releases.ts";
import { sentenceOf } from "../../api/request.ts";
import { Badge, type BadgeTone } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Trouble } from "../../parts/field.tsx";
import { none_sign, sizeText } from "../../parts/numbers.ts";
import { Select } from "../../parts/select.tsx";
import { Cell, Row, Table } from "../../parts/table.tsx";
import { platformsText } from "./words.ts";

const kind_tones: Readonly<Record<FileDifference["kind"], BadgeTone>> = {
  added: "good",
  removed: "plain",
  changed: "lamp",
};

function Fact({ name, older, newer }: FactProps) {
  const isSame = older === newer;
  return (
    <Row>
      <Cell isSoft>{name}</Cell>
      <Cell isTight>{isSame ? <span className="text-ink-soft">{older}</span> : older}</Cell>
      <Cell isTight>
        {isSame ? (
          <span className="text-ink-soft">the same</span>
        ) : (
          <span className="font-semibold">{newer}</span>
        )}
      </Cell>
    </Row>
  );
}

type FactProps = { readonly name: string; readonly older: ReactNode; readonly newer: ReactNode };

const apiText = ({ api }: Release) => (api.from === api.to ? `v${api.from}` : `v${api.from} to v${api.to}`);

function signedSize(difference: number): string {
  return difference > 0 ? `+${sizeText(difference)}` : sizeText(difference);
}

function Differences({ older, newer }: { readonly older: Release; readonly newer: Release }) {
  const files = fileDifferences(older, newer);
  const same = newer.files.length - files.filter(({ kind }) => kind !== "removed").length;
  return (
    <>
      <Table label="What the manifests say" columns={["Manifest", older.version, newer.version]}>
        <Fact name="Login protocol" older={older.loginProtocol} newer={newer.loginProtocol} />
        <Fact name="Bank’s API" older={apiText(older)} newer={apiText(newer)} />
        <Fact
          name="Minimum native shell"
          older={older.minimumShell ?? none_sign}
          newer={newer.minimumShell ?? none_sign}
        />
        <Fact
          name="Platforms"
          older={platformsText(older.platforms)}
          newer={platformsText(newer.platforms)}
        />
        <Fact name="Signed by" older={older.key} newer={newer.key} />
        <Fact
          name="Size"
          older={sizeText(older.bytes)}
          newer={`${sizeText(newer.bytes)} (${signedSize(newer.bytes - older.bytes)})`}
        />
      </Table>
      {files.length > 0 && (
        <Table
          label="Files that differ"
          columns={[
            "File",
            "",
            { name: older.version, isNumeric: true },
            { name: newer.version, isNumeric: true },
          ]}
        >
          {files.map((file) => (
            <Row key={file.name}>
              <Cell>
                <span className="break-all">{file.name}</span>
              </Cell>
              <Cell isTight>
                <Badge tone={kind_tones[file.kind]}>{file.kind}</Badge>
              </Cell>
              <Cell isRight isSoft>
                {file.before === null ? none_sign : sizeText(file.before)}
              </Cell>
              <Cell isRight>{file.after === null ? none_sign : sizeText(file.after)}</Cell>
            </Row>
          ))}
        </Table>
      )}
      <p className="text-small text-ink-soft">
        {same === 1 ? "1 file is the same in both." : `${same} files are the same in both.`}
      </p>
    </>
  );
}

/** What differs between two versions: protocol, API, shell, files and sizes. */
export function Compare({ rows, chosen, onClose }: CompareProps) {
  const start = Math.max(
    0,
    rows.findIndex(({ version }) => version === chosen),
  );
  const stable = rows.find(({ state }) => state === "stable");
  const beside =
    stable !== undefined && stable.version !== chosen ? stable : (rows[start + 1] ?? rows[start - 1]);
  const [newer, setNewer] = useState(rows[start]?.version ?? "");
  const [older, setOlder] = useState(beside?.version ?? "");
  const [left, right] = [useQuery(releaseQuery(older)), useQuery(releaseQuery(newer))];
  const options = rows.map(({ version, summary }) => ({ value: version, name: `${version}  ${summary}` }));
  const error = left.error ?? right.error;
  return (
    <Dialog
      title="Compare two versions"
      width={640}
      onClose={onClose}
      foot={<Button onClick={onClose}>Close</Button>}
    >
      <div className="flex gap-3">
        <Select label="From" options={options} value={older} onChange={setOlder} />
        <Select label="To" options={options} value={newer} onChange={setNewer} />
      </div>
      <Trouble>{error === null ? null : sentenceOf(error)}</Trouble>
      {left.data && right.data && <Differences older={left.data} newer={right.data} />}
    </Dialog>
  );
}

type CompareProps = {
  readonly rows: readonly ReleaseRow[];
  readonly chosen: string | null;
  readonly onClose: () => void;
};
