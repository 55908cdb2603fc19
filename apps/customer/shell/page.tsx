import { useLingui } from "@lingui/react/macro";
import { classNames, Icon, IconButton, NavBar } from "@mainstay/ui";
import { useCanGoBack, useNavigate, useRouter, type LinkProps } from "@tanstack/react-router";
import { ChevronLeft, X } from "lucide-react";
import type { ReactNode } from "react";

/** A page: one column, as wide as a phone, with its buttons at the foot where thumbs are. */
export function Page({ bar, children, foot, tabs = false, className }: PageProps) {
  return (
    <div className="mx-auto flex min-h-dvh w-full max-w-107.5 flex-col">
      {bar}
      <main
        id="main"
        className={classNames(
          "flex flex-1 flex-col px-5",
          tabs ? "pb-[calc(56px+24px+env(safe-area-inset-bottom))]" : foot === undefined && "pb-8",
          className,
        )}
      >
        {children}
      </main>
      {foot !== undefined && (
        <footer
          className={classNames(
            "sticky bottom-0 z-10 flex flex-col gap-2.5 bg-canvas px-5 pt-3",
            "pb-[max(20px,calc(env(safe-area-inset-bottom)+12px))]",
          )}
        >
          {foot}
        </footer>
      )}
    </div>
  );
}

/** What `Page` takes. */
export type PageProps = {
  readonly bar?: ReactNode;
  readonly children: ReactNode;
  readonly foot?: ReactNode;
  /** The tab bar stands under this page. */
  readonly tabs?: boolean;
  readonly className?: string;
};

/** The bar of a page that was come to from another: back, or close for a task. */
export function BackBar({ title, to, close = false, trailing }: BackBarProps) {
  const { t } = useLingui();
  const router = useRouter();
  const navigate = useNavigate();
  const canGoBack = useCanGoBack();
  const leave = () =>
    canGoBack && !close ? router.history.back() : void navigate({ to, viewTransition: true });
  return (
    <NavBar
      title={title}
      trailing={trailing}
      leading={
        <IconButton label={close ? t`Close` : t`Back`} onClick={leave}>
          <Icon of={close ? X : ChevronLeft} />
        </IconButton>
      }
    />
  );
}

/** What `BackBar` takes. */
export type BackBarProps = {
  readonly title?: ReactNode;
  /** Where back leads when this page was opened by itself. */
  readonly to: NonNullable<LinkProps["to"]>;
  readonly close?: boolean;
  readonly trailing?: ReactNode;
};
