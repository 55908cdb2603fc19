import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { reconciliationQuery } from "../../api/bank.ts";
import { Tab, Tabs } from "../../parts/tabs.tsx";
import { usePageFacts } from "../../shell/page-facts.ts";
import { PageHead } from "../page.tsx";

/** How many things of the reconciliation want a person. */
function useDifferences(): number {
  const { data } = useQuery(reconciliationQuery);
  if (data === undefined) return 0;
  const isOff = data.difference !== null && data.difference.minor !== 0;
  return data.mismatches.length + (isOff && data.mismatches.length === 0 ? 1 : 0);
}

/** The head and tabs of the payments' pages. */
export function PaymentsHead({ page, children, actions }: PaymentsHeadProps) {
  const differences = useDifferences();
  usePageFacts(
    page === null
      ? []
      : [
          { name: "Payments", to: "/payments" },
          { name: page, to: null },
        ],
  );
  return (
    <>
      <PageHead title="Payments" actions={actions}>
        {children}
      </PageHead>
      <Tabs label="Pages of payments">
        <Tab to="/payments">Outbound</Tab>
        <Tab to="/payments/inbound">From other banks</Tab>
        <Tab to="/payments/reconciliation" count={differences}>
          Reconciliation
        </Tab>
      </Tabs>
    </>
  );
}

type PaymentsHeadProps = {
  /** What the page is called beside the first one, which is payments itself. */
  readonly page: string | null;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
};
