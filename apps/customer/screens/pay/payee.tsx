import { Trans, useLingui } from "@lingui/react/macro";
import {
  Avatar,
  Card,
  Icon,
  RowContent,
  row_class,
  row_press_class,
  SectionHead,
  classNames,
} from "@mainstay/ui";
import type { Payee } from "@mainstay/wire";
import { Link, useNavigate } from "@tanstack/react-router";
import { ChevronRight, Plus, Search } from "lucide-react";
import { useState } from "react";
import { BackBar, Page } from "../../shell/page.tsx";
import { changeDraft } from "./draft.ts";
import { PayeeList } from "./payee-list.tsx";

/** Who is to be paid: someone saved, found as the customer types, or someone new. */
export function PayeeScreen() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const [search, setSearch] = useState("");
  const choose = ({ id, name, sortCode, accountNumber, bankName }: Payee) => {
    changeDraft({ payee: { id, name, sortCode, accountNumber, bankName } });
    void navigate({ to: "/pay/amount" });
  };
  return (
    <Page bar={<BackBar to="/home" close title={<Trans>Send money</Trans>} />}>
      <div className="relative mb-3">
        <Icon of={Search} size={20} className="absolute top-4.5 left-4 text-ink-soft" />
        <input
          type="search"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          aria-label={t`Search your payees`}
          placeholder={t`Name or account number`}
          className={classNames(
            "w-full min-h-14 appearance-none rounded-button border border-edge bg-surface",
            "pr-4 pl-11.5 text-row outline-offset-0 placeholder:text-ink-soft",
          )}
        />
      </div>
      <Card>
        <Link to="/pay/new" className={classNames(row_class, row_press_class)}>
          <RowContent
            leading={
              <Avatar tone="teal">
                <Icon of={Plus} size={20} />
              </Avatar>
            }
            title={<Trans>Someone new</Trans>}
            subtitle={<Trans>By sort code and account number</Trans>}
            trailing={<Icon of={ChevronRight} className="text-ink-soft" />}
          />
        </Link>
      </Card>
      <SectionHead title={<Trans>Paid before</Trans>} />
      <PayeeList search={search} onChoose={choose} />
    </Page>
  );
}
