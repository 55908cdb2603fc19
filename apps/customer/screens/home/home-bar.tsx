import { useLingui } from "@lingui/react/macro";
import { Avatar, Icon, IconButton, initialsOf, classNames } from "@mainstay/ui";
import type { Session } from "@mainstay/wire";
import { Link } from "@tanstack/react-router";
import { Eye, EyeOff, RefreshCw, Search, X } from "lucide-react";
import { useFirstField } from "../../text/use-first-field.ts";
import { useHideAmounts } from "../../shell/preferences.ts";

/** The bar of home: who is here, and search, refresh and hiding amounts; or the search itself. */
export function HomeBar(props: HomeBarProps) {
  return (
    <header className="sticky top-0 z-20 bg-canvas pt-[env(safe-area-inset-top)]">
      <div className="flex min-h-14 items-center pr-2.5 pl-5">
        {props.search === null ? <Usual {...props} /> : <Searching {...props} search={props.search} />}
      </div>
    </header>
  );
}

/** What `HomeBar` takes. */
export type HomeBarProps = {
  readonly person: Session["person"] | undefined;
  /** What is searched for; null while nothing is. */
  readonly search: string | null;
  readonly onSearch: (search: string | null) => void;
  readonly onRefresh: () => void;
};

function Usual({ person, onSearch, onRefresh }: HomeBarProps) {
  const { t } = useLingui();
  const [hidden, setHidden] = useHideAmounts();
  const name = person === undefined ? "" : `${person.firstName} ${person.lastName}`;
  return (
    <>
      <Link to="/account" className="flex min-h-11 min-w-0 flex-1 items-center gap-3.5">
        <Avatar tone="teal" size={36}>
          {initialsOf(name, "person")}
        </Avatar>
        <span className="truncate text-row font-semibold">
          <span className="sr-only">{t`You:`} </span>
          {name}
        </span>
      </Link>
      {/* Where no finger can pull the page, the button stands in the bar; else at the foot of the feed. */}
      <span className="hidden pointer-fine:block">
        <IconButton label={t`Refresh`} onClick={onRefresh}>
          <Icon of={RefreshCw} />
        </IconButton>
      </span>
      <IconButton label={t`Search payments`} onClick={() => onSearch("")}>
        <Icon of={Search} />
      </IconButton>
      <IconButton
        label={hidden ? t`Show amounts` : t`Hide amounts`}
        aria-pressed={hidden}
        onClick={() => setHidden(!hidden)}
      >
        <Icon of={hidden ? EyeOff : Eye} />
      </IconButton>
    </>
  );
}

function Searching({ search, onSearch }: HomeBarProps & { readonly search: string }) {
  const form = useFirstField<HTMLFormElement>();
  const { t } = useLingui();
  return (
    <form
      ref={form}
      role="search"
      className="flex flex-1 items-center"
      onSubmit={(event) => event.preventDefault()}
    >
      <h1 className="sr-only">{t`Search payments`}</h1>
      <div className="relative flex-1">
        <Icon of={Search} size={20} className="absolute top-3 left-3.5 text-ink-soft" />
        <input
          type="search"
          value={search}
          maxLength={60}
          enterKeyHint="search"
          aria-label={t`Search payments`}
          placeholder={t`Name, reference or note`}
          onChange={(event) => onSearch(event.target.value)}
          onKeyDown={(event) => event.key === "Escape" && onSearch(null)}
          className={classNames(
            "w-full min-h-11 appearance-none rounded-full bg-well pr-4 pl-10.5",
            "outline-offset-0 text-row placeholder:text-ink-soft",
            "[&::-webkit-search-cancel-button]:hidden",
          )}
        />
      </div>
      <IconButton label={t`Close the search`} onClick={() => onSearch(null)}>
        <Icon of={X} />
      </IconButton>
    </form>
  );
}
