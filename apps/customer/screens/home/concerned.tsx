import { classNames, Icon } from "@mainstay/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronRight, TriangleAlert } from "lucide-react";
import { inboxQuery } from "../../api/inbox.ts";

/** One line for those whom an incident concerns now, and nobody else; the rest is under Help. */
export function Concerned() {
  const { data } = useQuery(inboxQuery);
  const [banner] = data?.banners ?? [];
  if (banner === undefined) return null;
  return (
    <Link
      to="/help"
      className={classNames(
        "mt-4 flex min-h-12 items-center gap-3 rounded-card bg-lamp-tint px-4 py-2 text-body",
        "font-semibold text-lamp-ink active:opacity-80",
      )}
    >
      <Icon of={TriangleAlert} size={20} />
      <span className="min-w-0 flex-1 truncate">{banner.title}</span>
      <Icon of={ChevronRight} size={20} />
    </Link>
  );
}
