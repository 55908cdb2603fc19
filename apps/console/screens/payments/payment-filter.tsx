import type { PaymentDirection } from "@mainstay/wire";
import { useState, type RefObject } from "react";
import type { PaymentFilter as Filter } from "../../api/bank.ts";
import { TextField } from "../../parts/field.tsx";
import { Select } from "../../parts/select.tsx";
import { penceOf, stateOptions } from "./payment-words.ts";

function Pounds({ label, onAmount }: PoundsProps) {
  const [typed, setTyped] = useState("");
  const isWrong = penceOf(typed) === null;
  const give = () => {
    const pence = penceOf(typed);
    if (pence !== null) onAmount(pence);
  };
  return (
    <div className="w-[104px]">
      <TextField
        label={label}
        inputMode="decimal"
        placeholder="£"
        maxLength={16}
        aria-invalid={isWrong}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={give}
        onKeyDown={(event) => event.key === "Enter" && give()}
      />
    </div>
  );
}

type PoundsProps = { readonly label: string; readonly onAmount: (pence: number | undefined) => void };

/** What a list of payments is narrowed by. */
export function PaymentFilter({ direction, filter, onFilter, placeRef }: PaymentFilterProps) {
  const set = (change: Filter) => onFilter({ ...filter, ...change });
  const day = (label: string, name: "from" | "until") => (
    <div className="w-[148px]">
      <TextField
        label={label}
        type="date"
        min="2000-01-01"
        max="2099-12-31"
        value={filter[name] ?? ""}
        onChange={(event) => set({ [name]: event.target.value === "" ? undefined : event.target.value })}
      />
    </div>
  );
  return (
    <div ref={placeRef} className="mb-3 flex shrink-0 flex-wrap items-end gap-2">
      <div className="w-[192px]">
        <Select
          label="State"
          options={stateOptions(direction)}
          value={filter.state ?? ""}
          onChange={(state) => set({ state: state === "" ? undefined : state })}
        />
      </div>
      {day("From", "from")}
      {day("Until", "until")}
      <Pounds label="At least" onAmount={(atLeast) => set({ atLeast })} />
      <Pounds label="At most" onAmount={(atMost) => set({ atMost })} />
    </div>
  );
}

type PaymentFilterProps = {
  readonly direction: PaymentDirection;
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
  readonly placeRef: RefObject<HTMLDivElement | null>;
};
