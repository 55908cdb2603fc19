import { Mark } from "@mainstay/ui";
import type { ReactNode } from "react";

/** A page with one thing on it, outside the frame. */
export function Notice({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <main className="flex min-h-full items-center justify-center p-6">
      <section className="w-[380px] rounded-panel border border-line bg-surface p-8 shadow-card">
        <Mark size={40} />
        <h1 className="mt-5 mb-1 text-page">{title}</h1>
        <div className="flex flex-col gap-4 text-ink-soft">{children}</div>
      </section>
    </main>
  );
}
