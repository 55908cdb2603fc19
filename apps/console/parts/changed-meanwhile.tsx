/** Somebody saved while one was writing: neither text is lost before one is chosen. */
export function ChangedMeanwhile({ by, onTake, onKeep }: ChangedMeanwhileProps) {
  return (
    <div
      role="alert"
      className="flex items-center gap-3 rounded-control bg-lamp-tint px-2.5 py-1.5 text-small text-lamp-ink"
    >
      <span className="flex-1">{by ?? "A colleague"} saved it meanwhile. Yours is still here.</span>
      <button type="button" onClick={onTake} className="font-semibold underline">
        Take theirs
      </button>
      <button type="button" onClick={onKeep} className="font-semibold underline">
        Keep mine
      </button>
    </div>
  );
}

type ChangedMeanwhileProps = {
  /** Who saved, where it is known. */
  readonly by: string | undefined;
  readonly onTake: () => void;
  readonly onKeep: () => void;
};
